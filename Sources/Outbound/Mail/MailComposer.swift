import CGMime
import Formats
import Glibc
import Kernel

extension MailMessage {
    /// A message that no mail can be made of. Trying again does not help.
    package struct Unmailable: Error, Equatable, Sendable {
        /// What is wrong: `to`, `header List-Id`.
        package let part: String
    }

    /// RFC 5322, 998 octets a line at most, all lines with CRLF.
    ///
    /// No value makes a line of its own: addresses, ids and extra headers that try are refused; in subject
    /// and names, which people write, control characters become blanks.
    package func bytes() throws(Unmailable) -> [UInt8] {
        guard Self.isSafe(id), id.contains("@") else { throw Unmailable(part: "id") }
        let fields = try fields()
        let texts = CTexts()
        var cFields = fields.map { name, value in
            rapport_mime_header(name: texts.copy(name), value: texts.copy(value))
        }
        let written = cFields.withUnsafeMutableBufferPointer { fields in
            var mail = rapport_mail()
            mail.message_id = texts.copy(id)
            mail.date_seconds = date.milliseconds.dividedRoundingDown(by: 1000).quotient
            mail.text = texts.copy(Self.lines(text))
            mail.html = texts.copy(Self.lines(html))
            mail.headers = UnsafePointer(fields.baseAddress)
            mail.header_count = fields.count
            var length = 0
            let bytes = rapport_mail_bytes(&mail, &length)
            defer { free(bytes) }
            return bytes.map { Array(UnsafeBufferPointer(start: $0, count: length)) }
        }
        guard let written, Self.isWellFormed(written) else { throw Unmailable(part: "form") }
        return written
    }

    /// All but `Date`, `Message-Id` and what says how the parts are laid out; encoded and folded.
    private func fields() throws(Unmailable) -> [(name: String, value: String)] {
        var fields = [
            ("From", try Self.written(from, "from")), ("To", try Self.written(to, "to")),
            ("Subject", HeaderText.encoded(subject)),
        ]
        if let replyTo { fields.append(("Reply-To", try Self.mailable(replyTo, "reply-to"))) }
        for header in headers {
            guard let folded = HeaderText.folded(header.value) else {
                throw Unmailable(part: "header \(header.name)")
            }
            fields.append(("\(header.name)", folded))
        }
        return fields
    }

    private static func written(_ mailbox: Mailbox, _ part: String) throws(Unmailable) -> String {
        let address = try mailable(mailbox.address, part)
        let name = mailbox.name.map(HeaderText.phrase) ?? ""
        return name.isEmpty ? address : "\(name)\n <\(address)>"
    }

    /// The address as SMTP and the header carry it: its domain in ASCII.
    ///
    /// A local part beyond ASCII needs a relay and a receiver with SMTPUTF8: such mail is not sent.
    package static func mailable(_ address: String, _ part: String) throws(Unmailable) -> String {
        guard isSafe(address), let at = address.lastIndex(of: "@"), at != address.startIndex,
            address.index(after: at) != address.endIndex, address[..<at].utf8.allSatisfy({ $0 < 0x80 }),
            !address[..<at].contains("@")
        else { throw Unmailable(part: part) }
        if address.utf8.allSatisfy({ $0 < 0x80 }) { return address }
        guard let ascii = rapport_mail_ascii_address(address) else { throw Unmailable(part: part) }
        defer { free(ascii) }
        let converted = String(cString: ascii)
        guard converted.utf8.allSatisfy({ $0 < 0x80 }), isSafe(converted) else {
            throw Unmailable(part: part)
        }
        return converted
    }

    /// Neither ends a line or an address, nor begins a second one.
    private static func isSafe(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 320
            && text.unicodeScalars.allSatisfy {
                !HeaderText.isControl($0) && !$0.properties.isWhitespace && !endsAddress($0)
            }
    }

    private static func endsAddress(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "<", ">", "(", ")", "[", "]", "\\", ",", ";", ":", "\"": true
        default: false
        }
    }

    /// LF between lines, and no control character besides the tab.
    private static func lines(_ text: String) -> String {
        if isLines(text) { return text }
        var lines = String.UnicodeScalarView()
        var last: Unicode.Scalar = " "
        for scalar in text.unicodeScalars {
            if scalar == "\r" || (scalar == "\n" && last != "\r") {
                lines.append("\n")
            } else if scalar != "\n", scalar == "\t" || !HeaderText.isControl(scalar) {
                lines.append(scalar)
            }
            last = scalar
        }
        return String(lines)
    }

    /// As nearly every letter is, found out without a look at what its letters are.
    private static func isLines(_ text: String) -> Bool {
        var last: UInt8 = 0
        for byte in text.utf8 {
            let isControl = byte < 0x20 && byte != 0x0A && byte != 0x09 || byte == 0x7F
            // U+0080 to U+009F.
            if isControl || (last == 0xC2 && byte < 0xA0) { return false }
            last = byte
        }
        return true
    }

    /// The promise itself, looked at once more in what GMime wrote.
    static func isWellFormed(_ bytes: [UInt8]) -> Bool {
        var length = 0
        var last: UInt8 = 0
        for byte in bytes {
            if byte == 0 || byte >= 0x80 || (byte == 0x0A) != (last == 0x0D) { return false }
            length = byte == 0x0A ? 0 : length + 1
            if length > 999 { return false }
            last = byte
        }
        return last == 0x0A
    }
}

/// Texts as C wants them, for as long as this lives.
final class CTexts {
    private var copies: [UnsafeMutablePointer<CChar>] = []

    deinit { copies.forEach { free($0) } }

    func copy(_ text: String?) -> UnsafePointer<CChar>? {
        guard let text, let copy = strdup(text) else { return nil }
        copies.append(copy)
        return UnsafePointer(copy)
    }
}
