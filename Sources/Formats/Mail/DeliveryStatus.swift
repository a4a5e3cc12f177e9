/// What became of mail to one recipient, as a mail system reports it (RFC 3464, codes of RFC 3463).
package struct DeliveryStatus: Equatable, Sendable {
    package enum Action: String, Sendable, CaseIterable { case failed, delayed, delivered, relayed, expanded }

    /// What follows for the address.
    package enum Weight: String, Sendable, CaseIterable {
        /// There is no such mailbox: it is written to no more.
        case hard
        /// Full, busy, too large: an address that goes on so is given up.
        case soft
        /// Refused for what we are or sent, which tells nothing of the address.
        case policy
    }

    package var action: Action
    /// `5.1.1`; `nil` where only words were given.
    package var status: String?
    package var recipient: String?
    /// In the other system's words.
    package var diagnostic: String?

    package init(action: Action, status: String?, recipient: String? = nil, diagnostic: String? = nil) {
        self.action = action
        self.status = status
        self.recipient = recipient
        self.diagnostic = diagnostic
    }

    /// Recipients of a `message/delivery-status`, the block about the message itself left out.
    package static func all(in text: String) -> [DeliveryStatus] {
        FieldBlock.blocks(of: text).compactMap { block in
            guard let written = block["action"]?.lowercased() ?? (block["status"] == nil ? nil : "failed"),
                let action = Action(rawValue: String(written.prefix { $0.isLetter }))
            else { return nil }
            let diagnostic = block["diagnostic-code"].map(afterType)
            // Systems that know no more than "5.0.0" often quote one that did.
            let told = block["status"].flatMap { EnhancedCode.first(in: $0) }
            let quoted = diagnostic.flatMap { EnhancedCode.first(in: $0) }
            let isVague = told == nil || told?.hasSuffix(".0.0") == true
            return DeliveryStatus(
                action: action, status: isVague ? quoted ?? told : told,
                recipient: (block["final-recipient"] ?? block["original-recipient"]).map(afterType),
                diagnostic: diagnostic)
        }
    }

    /// A bounce in words alone: the first code that is found, or what the words say. `nil` where nothing
    /// tells of a failure.
    package static func unstructured(_ text: String, recipient: String? = nil) -> DeliveryStatus? {
        let text = String(text.unicodeScalars.prefix(20_000))
        let line = text.split(separator: "\n").first { EnhancedCode.first(in: String($0)) != nil }
        let status = line.flatMap { EnhancedCode.first(in: String($0)) }
        guard
            status != nil || noMailbox.areHeard(in: text) || full.areHeard(in: text)
                || SMTPCode.first(in: text) != nil
        else { return nil }
        return DeliveryStatus(
            action: .failed, status: status, recipient: recipient,
            diagnostic: String((line.map(String.init) ?? text).prefix(500)))
    }

    package var weight: Weight {
        if action == .delayed { return .soft }
        let words = diagnostic ?? ""
        guard let status, !status.hasSuffix(".0.0") else {
            if Self.noMailbox.areHeard(in: words) { return .hard }
            if Self.full.areHeard(in: words) { return .soft }
            return status?.first == "4" || SMTPCode.first(in: words)?.first == "4" ? .soft : .policy
        }
        guard status.first == "5" else { return .soft }
        let detail = status.dropFirst(2)
        if Self.gone.contains(String(detail)) { return .hard }
        return ["3", "5", "7"].contains(detail.first) && detail.dropFirst().first == "." ? .policy : .soft
    }

    private static let gone: Set<String> = ["1.0", "1.1", "1.2", "1.3", "1.6", "1.10", "2.1", "4.4"]

    private static let noMailbox = Phrases([
        "user unknown", "unknown user", "no such user", "no such recipient", "does not exist",
        "doesn't exist",
        "no mailbox here", "unknown recipient", "recipient not found", "address rejected", "user not found",
        "mailbox not found", "mailbox unavailable", "account is disabled", "account has been disabled",
        "nie istnieje", "nieznany użytkownik", "用户不存在", "使用者不存在", "收件人不存在", "邮箱不存在", "地址不存在",
        "找不到收件",
    ])
    private static let full = Phrases([
        "mailbox full", "mailbox is full", "over quota", "quota exceeded", "exceeded storage",
        "skrzynka jest pełna",
        "przepełniona", "邮箱已满", "空间不足", "信箱已滿", "容量不足",
    ])

    /// `rfc822; a@b.example`, `smtp; 550 no`: what follows the type.
    private static func afterType(_ value: String) -> String {
        let parts = value.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
        let rest = parts.count == 2 ? String(parts[1]) : value
        return String(String.UnicodeScalarView(rest.trimmedScalars)).trimmingBrackets
    }
}

/// `5.1.1` somewhere in words, alone among blanks and punctuation.
enum EnhancedCode {
    static func first(in text: String) -> String? {
        let bytes = Array(text.utf8)
        for start in bytes.indices where bytes[start] == 0x34 || bytes[start] == 0x35 || bytes[start] == 0x32
        {
            if start > 0, isPart(bytes[start - 1]) { continue }
            var end = start + 1, dots = 0, digits = 0
            while end < bytes.count, end - start < 10 {
                if bytes[end] == UInt8(ascii: "."), dots == 0 || digits > 0 {
                    guard dots < 2 else { break }
                    (dots, digits) = (dots + 1, 0)
                } else if isDigit(bytes[end]), dots > 0, digits < 3 {
                    digits += 1
                } else {
                    break
                }
                end += 1
            }
            guard dots == 2, digits > 0, end == bytes.count || !isPart(bytes[end]) || isFullStop(bytes, end)
            else { continue }
            return String(decoding: bytes[start..<end], as: UTF8.self)
        }
        return nil
    }

    /// An address of the network has four numbers, a version letters.
    private static func isPart(_ byte: UInt8) -> Bool {
        isDigit(byte) || byte == UInt8(ascii: ".") || (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A
    }

    private static func isFullStop(_ bytes: [UInt8], _ place: Int) -> Bool {
        bytes[place] == UInt8(ascii: ".") && (place + 1 == bytes.count || !isPart(bytes[place + 1]))
    }

    fileprivate static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}

/// `550` at the beginning of a line or after a colon, followed by a blank or a hyphen.
private enum SMTPCode {
    static func first(in text: String) -> String? {
        let bytes = Array(text.utf8)
        for start in bytes.indices.dropLast(3) where bytes[start] == 0x34 || bytes[start] == 0x35 {
            guard (0x30...0x35).contains(bytes[start + 1]), EnhancedCode.isDigit(bytes[start + 2]),
                bytes[start + 3] == 0x20 || bytes[start + 3] == UInt8(ascii: "-"),
                isBeginning(start, of: bytes)
            else { continue }
            return String(decoding: bytes[start..<start + 3], as: UTF8.self)
        }
        return nil
    }

    private static func isBeginning(_ start: Int, of bytes: [UInt8]) -> Bool {
        guard let last = bytes[..<start].last(where: { $0 != 0x20 }) else { return true }
        let isLineStart = last == 0x0A || last == 0x0D
        return isLineStart || last == UInt8(ascii: ":") || last == UInt8(ascii: "<")
    }
}

extension String {
    fileprivate var trimmingBrackets: String {
        hasPrefix("<") && hasSuffix(">") && utf8.count > 2 ? String(dropFirst().dropLast()) : self
    }
}
