import Formats
import Kernel
import Outbound
import Surveys

private let ours = [EmailAddress("reply@example.org")!, EmailAddress("bounce@example.org")!]

/// Whatever arrives is one of five kinds, within limits, and its token cannot break out of a query.
func fuzzMIME(_ bytes: [UInt8]) {
    let mail = InboundMail(bytes, ours: ours)
    promise((mail.status != nil) == (mail.kind == .bounce), "a bounce without a status, or the reverse")
    promise(mail.kind == .reply || mail.said.isEmpty, "a machine spoke")
    promise(mail.text.unicodeScalars.count <= InboundMail.longestText, "a text without end")
    if let token = mail.token {
        let isPlain = token.utf8.allSatisfy {
            (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D
        }
        promise(isPlain && !token.isEmpty && token.utf8.count <= 64, "a token of other letters")
    }
    for id in mail.messageIDs { promise(id.contains("@") && id.utf8.count <= 320, "an id that is none") }
}

/// What follows from a message fits what it is: only a bounce bounces, and no machine's words are a reply.
func fuzzMeaning(_ bytes: [UInt8]) {
    let mail = InboundMail(bytes, ours: ours)
    switch MailMeaning(mail) {
    case .bounce: promise(mail.kind == .bounce, "a bounce of another kind")
    case .complaint: promise(mail.kind == .complaint, "a complaint of another kind")
    case .automatic: promise(mail.kind == .autoReply, "a machine that is none")
    case .reply: promise(mail.kind == .reply, "a machine's words are a reply")
    case .leave: promise(![.bounce, .complaint].contains(mail.kind), "a report wants to leave")
    case .nothing: promise(mail.kind == .unknown, "what is known has no effect")
    }
}

/// Numbers of messages are above what was read, in order, each once.
func fuzzIMAP(_ bytes: [UInt8]) {
    let found = IMAPAnswer.found(bytes, after: 7)
    promise(found.allSatisfy { $0 > 7 && $0 <= UInt32.max } && found == Set(found).sorted(), "a wrong number")
    if let status = IMAPAnswer.status(bytes) { promise(status.validity > 0 && status.next > 0, "no number") }
}

/// A report that is read has codes of three numbers, and a weight.
func fuzzDelivery(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    let all = DeliveryStatus.all(in: text) + [DeliveryStatus.unstructured(text)].compactMap { $0 }
    for status in all {
        let code = status.status ?? "5.0.0"
        let numbers = code.split(separator: ".", omittingEmptySubsequences: false)
        promise(numbers.count == 3 && numbers.allSatisfy { Int($0) != nil }, "a code that is none")
        promise(status.action != .delayed || status.weight == .soft, "what is late is refused")
    }
    for block in FieldBlock.blocks(of: text, most: 3) { _ = block["status"] }
}

/// What is left of a reply was said in it, and nothing more is taken off by reading it again.
func fuzzReply(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self), said = ReplyText(text).said
    if !said.isEmpty {
        let lines = Set(text.unicodeScalars.split(separator: "\n").map(bare))
        for line in said.unicodeScalars.split(separator: "\n") {
            promise(lines.contains(bare(line)), "a line that nobody wrote")
        }
    }
    let words = HTMLText.plain(text)
    promise(words.unicodeScalars.count <= 2 * text.unicodeScalars.count, "a page grew")
}

private func bare(_ line: Substring.UnicodeScalarView) -> [UInt32] {
    line.compactMap { letter in
        switch letter.value {
        case 0x09...0x0D, 0x20, 0xFEFF, 0x200B: nil
        case ..<0x80: letter.value
        default: letter.properties.isWhitespace ? nil : letter.value
        }
    }
}

/// No text ends the header's line that it stands in, and each line is short.
func fuzzHeader(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    for written in [HeaderText.encoded(text), HeaderText.phrase(text), HeaderText.folded(text) ?? ""] {
        promise(written.utf8.allSatisfy { $0 == 0x0A || (0x20..<0x7F).contains($0) }, "no plain ASCII")
        for (place, line) in written.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            promise(place == 0 || line.first == " ", "a line of its own")
            promise(line.utf8.count <= 900 + 26, "a line without end")
        }
    }
}

/// A message that is written has CRLF only and no line too long; its parts read back.
func fuzzLetter(_ bytes: [UInt8]) {
    let pieces = bytes.split(separator: 0xFF, omittingEmptySubsequences: false)
        .map { String(decoding: $0, as: UTF8.self) }
    func piece(_ place: Int) -> String { place < pieces.count ? pieces[place] : "" }
    let message = MailMessage(
        id: "a@example.org", date: Timestamp(milliseconds: Int64(bytes.count) * 1_000_000_000),
        from: .init(name: piece(0), address: "a@example.org"), to: .init(name: piece(1), address: piece(2)),
        envelopeSender: "", subject: piece(3), text: piece(4), html: piece(5),
        headers: [.init("List-Id", piece(6))])
    guard let written = try? message.bytes() else { return }
    var last: UInt8 = 0, length = 0, isHeader = true, fields = 0
    for byte in written {
        promise((byte == 0x0A) == (last == 0x0D) && byte != 0 && byte < 0x80, "not CRLF only")
        if byte == 0x0A {
            promise(length <= 999, "a line too long")
            if length == 1 { isHeader = false }
            length = 0
        } else {
            if isHeader, length == 0, byte != 0x20, byte != 0x09, byte != 0x0D { fields += 1 }
            length += 1
        }
        last = byte
    }
    promise(fields == 8, "a field of a stranger, \(fields)")
}
