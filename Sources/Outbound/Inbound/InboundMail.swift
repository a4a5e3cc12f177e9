package import Formats

/// A message that came to us, and what it is. Knows nobody: whose it is, the token or an id of ours says.
package struct InboundMail: Equatable, Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        /// Mail of ours did not arrive, or not yet.
        case bounce
        /// Its reader called mail of ours unwanted (RFC 5965).
        case complaint
        /// A machine answered. It is never answered.
        case autoReply = "auto_reply"
        case reply, unknown
    }

    package let kind: Kind
    /// Its own Message-ID, without brackets.
    package let id: String?
    /// Of a bounce.
    package let status: DeliveryStatus?
    /// What stood behind the plus of an address of ours, in lower case: of `bounce+TOKEN@…`, `reply+TOKEN@…`.
    package let token: String?
    /// Without brackets, the likeliest first: of the mail that came back, then of those that this answers.
    package let messageIDs: [String]
    package let from: EmailAddress?
    package let subject: String
    /// What the person wrote, quotes and signature left out; blank in what machines wrote.
    package let said: String
    /// All of the text, as it came.
    package let text: String

    package static let longestText = 100_000

    /// Throws nothing: what cannot be read is `unknown`. `ours` are the mailboxes whose tokens count, and
    /// `recipient` is the one that the mail system named, if it did.
    package init(_ bytes: [UInt8], ours: [EmailAddress], recipient: String? = nil) {
        guard let mail = MIMEReader.read(bytes) else {
            (kind, id, status, token, messageIDs, from) = (.unknown, nil, nil, nil, [], nil)
            (subject, said, text) = ("", "", "")
            return
        }
        let report = MailReport(mail)
        let body = Self.text(of: mail)
        let kind = report.kind ?? Self.kind(of: mail, body)
        let addresses = [recipient].compactMap { $0 } + Self.recipients(of: mail) + report.senders
        token = addresses.lazy.compactMap { Self.token(in: $0, ours) }.first
        self.kind = kind == .reply && token == nil && Self.answered(mail).isEmpty ? .unknown : kind
        status =
            kind == .bounce
            ? report.status ?? DeliveryStatus.unstructured(
                body.text, recipient: mail.first("X-Failed-Recipients"))
                ?? DeliveryStatus(action: .failed, status: nil) : nil
        id = mail.first("Message-ID").flatMap { MailReport.messageIDs(in: $0).first }
        messageIDs = report.messageIDs + Self.answered(mail)
        from = mail.first("From").flatMap(Self.addresses)?.first.flatMap(EmailAddress.init)
        subject = String(mail.subject.unicodeScalars.prefix(500))
        said = self.kind == .reply ? ReplyText(body.withoutHTMLQuotes).said : ""
        text = body.text
    }

    /// The text a person reads: the first text part, else the words of the first page.
    private static func text(of mail: MIMEReader) -> (text: String, withoutHTMLQuotes: String) {
        func first(_ type: String) -> String? {
            mail.parts.first { $0.type == type && !$0.isEmbedded && !$0.isAttachment }
                .map { String($0.text.unicodeScalars.prefix(longestText)) }
        }
        let plain = first("text/plain") ?? ""
        if !plain.allSatisfy(\.isWhitespace) { return (plain, plain) }
        let html = first("text/html") ?? ""
        return (HTMLText.plain(html, withoutQuotes: false), HTMLText.plain(html))
    }

    /// Of mail that is no report.
    private static func kind(of mail: MIMEReader, _ body: (text: String, withoutHTMLQuotes: String)) -> Kind {
        if mail.first("X-Failed-Recipients") != nil { return .bounce }
        let subject = mail.subject.lowercased()
        let sender = mail.first("From").flatMap(addresses)?.first ?? ""
        let isDaemon = MailMarks.daemons.contains { sender.lowercased().hasPrefix($0 + "@") }
        let isBounceSubject = MailMarks.bounceSubjects.areHeard(in: subject)
        if isDaemon || isBounceSubject && isFromNobody(mail) {
            if DeliveryStatus.unstructured(body.text) != nil || isBounceSubject { return .bounce }
        }
        if isAutomatic(mail) || MailMarks.autoSubjects.contains(where: { subject.hasPrefix($0) }) {
            return .autoReply
        }
        if isFromNobody(mail) || isDaemon { return .autoReply }
        return sender.isEmpty ? .unknown : .reply
    }

    private static func isFromNobody(_ mail: MIMEReader) -> Bool {
        mail.first("Return-Path").map { $0.filter { !$0.isWhitespace } == "<>" } ?? false
    }

    /// RFC 3834, and what mail systems did before it.
    private static func isAutomatic(_ mail: MIMEReader) -> Bool {
        if let submitted = mail.first("Auto-Submitted")?.lowercased(), !submitted.hasPrefix("no") {
            return true
        }
        let precedence = (mail.first("Precedence") ?? "").lowercased()
        if ["bulk", "junk", "list", "auto_reply", "auto-reply"].contains(precedence) { return true }
        return MailMarks.autoHeaders.contains { mail.first($0) != nil }
    }

    /// Ids of the mails that this one answers, the last first.
    private static func answered(_ mail: MIMEReader) -> [String] {
        let all = ["In-Reply-To", "References"].flatMap { name in
            mail.first(name).map { MailReport.messageIDs(in: $0).reversed() } ?? []
        }
        return all.reduce(into: []) { ids, id in if !ids.contains(id) { ids.append(id) } }
    }

    /// Where the mail system says it was delivered to, before what its writer wrote.
    private static func recipients(of mail: MIMEReader) -> [String] {
        let names = ["Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To", "Cc"]
        return names.flatMap { name in mail.all(name).prefix(10).flatMap { addresses($0) } }
    }

    /// `a@b.example` in `"A, B" <a@b.example>, c@d.example`; what is quoted is passed over.
    static func addresses(_ field: String) -> [String] {
        var words: [String] = [], word = "", isQuoted = false
        for scalar in field.unicodeScalars.prefix(10_000) {
            if scalar == "\"" { isQuoted.toggle() }
            if isQuoted || isBetweenAddresses(scalar) {
                words.append(word)
                word = ""
            } else {
                word.unicodeScalars.append(scalar)
            }
        }
        words.append(word)
        return Array(words.filter { $0.contains("@") && $0.utf8.count <= 320 }.prefix(50))
    }

    private static func isBetweenAddresses(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\"", "<", ">", ",", ";", "(", ")", " ", "\t": true
        default: false
        }
    }

    static func token(in address: String, _ ours: [EmailAddress]) -> String? {
        guard let address = addresses(address).first.flatMap(EmailAddress.init) else { return nil }
        let local = address.local.lowercased()
        return ours.lazy.compactMap { mailbox -> String? in
            let start = mailbox.local.lowercased() + "+"
            guard address.domain == mailbox.domain, local.hasPrefix(start) else { return nil }
            let token = local.dropFirst(start.count)
            let isPlain = token.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D
            }
            return token.isEmpty || !isPlain ? nil : String(token)
        }.first
    }
}
