import CCurl

/// One connection to a relay, kept between messages. One thread at a time uses it; every call blocks.
final class SMTPConnection {
    private let handle: OpaquePointer

    /// `nil` where memory or libcurl failed.
    init?(_ settings: SMTPRelay.Settings) {
        let texts = CTexts()
        var c = rapport_smtp_settings()
        c.url = texts.copy(settings.address.url(greeting: settings.greeting))
        c.user = texts.copy(settings.address.user)
        c.password = texts.copy(settings.address.password)
        c.ca_file = texts.copy(settings.authorities)
        c.needs_tls = settings.address.security != .none
        c.connect_milliseconds = settings.connectTimeout.inMilliseconds
        c.total_milliseconds = settings.totalTimeout.inMilliseconds
        c.slow_seconds = max(1, settings.totalTimeout.inMilliseconds * 3 / 4000)
        let opened = withExtendedLifetime(texts) { rapport_smtp_open(c) }
        guard let opened else { return nil }
        handle = opened
    }

    deinit { rapport_smtp_close(handle) }

    func send(_ bytes: [UInt8], from sender: String, to recipient: String) -> SMTPOutcome {
        let first = attempt(bytes, sender, recipient)
        // A relay may have closed the connection since the last message. Before DATA nothing was said that
        // counts, so the message may go by a new one.
        guard first.wasConnectedBefore, first.isConnectionTrouble, !first.isHandedOver,
            first.command != "DATA"
        else { return first }
        return attempt(bytes, sender, recipient)
    }

    private func attempt(_ bytes: [UInt8], _ sender: String, _ recipient: String) -> SMTPOutcome {
        SMTPOutcome(rapport_smtp_send(handle, sender, recipient, bytes, bytes.count))
    }
}

/// How one conversation about one message ended.
struct SMTPOutcome: Equatable, Sendable {
    /// libcurl's, 0 for success.
    var code: Int32
    var words: String
    /// 0 where no reply came to the last command.
    var replyCode: Int
    var lastReply: String
    /// `MAIL`, `RCPT`…; empty before the first.
    var command: String
    /// The final dot may have left.
    var isHandedOver: Bool
    var wasConnectedBefore: Bool

    init(
        code: Int32, words: String = "", replyCode: Int = 0, lastReply: String = "", command: String = "",
        isHandedOver: Bool = false, wasConnectedBefore: Bool = false
    ) {
        self.code = code
        self.words = words
        self.replyCode = replyCode
        self.lastReply = lastReply
        self.command = command
        self.isHandedOver = isHandedOver
        self.wasConnectedBefore = wasConnectedBefore
    }

    init(_ c: rapport_smtp_outcome) {
        let replies = String(cString: c.replies).split(separator: "\n")
        self.init(
            code: c.code, words: String(cString: c.words), replyCode: Int(c.reply_code),
            lastReply: replies.last.map(String.init) ?? "", command: String(cString: c.command),
            isHandedOver: c.is_handed_over, wasConnectedBefore: c.was_connected_before)
    }

    /// No answer, or a goodbye (421) in its place.
    var isConnectionTrouble: Bool { code != 0 && (replyCode == 0 || replyCode == 421 || replyCode < 400) }

    func result() throws(MailFailure) -> MailReceipt {
        if code == 0, replyCode / 100 == 2 { return MailReceipt(reply: lastReply) }
        throw MailFailure(failure, reason: reason)
    }

    /// What a relay says decides; where it says nothing, how far the message had come.
    private var failure: MailFailure.Kind {
        switch (replyCode / 100, command) {
        case (4, "RCPT"), (4, "DATA"): return isAboutMailbox ? .later : .busy
        case (4, _): return .later
        case (5, "RCPT"), (5, "DATA"): return .refused
        // Too large is the message's own fault (RFC 1870); else the relay refuses the sender, and would all.
        case (5, "MAIL"): return replyCode == 552 ? .refused : .relay
        case (5, _): return .relay
        default: break
        }
        if isHandedOver { return .uncertain }
        return Self.relayFaults.contains(code) ? .relay : .later
    }

    /// `450 4.2.2 …`: an address or a mailbox (RFC 3463) says nothing about others of its domain.
    private var isAboutMailbox: Bool {
        lastReply.dropFirst(4).hasPrefix("4.1.") || lastReply.dropFirst(4).hasPrefix("4.2.")
    }

    private var reason: String {
        let said = replyCode >= 400 ? lastReply : words
        return command.isEmpty || replyCode < 400 ? said : "\(command): \(said)"
    }

    /// libcurl's codes for what no retry mends: URL or protocol (1, 3, 4), certificate and its authority (51,
    /// 53, 54, 58, 59, 60, 66, 77, 82, 83, 90, 91), no STARTTLS (64), password (67).
    private static let relayFaults: Set<Int32> = [
        1, 3, 4, 51, 53, 54, 58, 59, 60, 64, 66, 67, 77, 82, 83, 90, 91,
    ]
}

extension Duration {
    var inMilliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
