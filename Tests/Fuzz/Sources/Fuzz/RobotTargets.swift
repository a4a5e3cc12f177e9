import Alerts
import Formats

/// A message to a robot fits, is JSON, and holds nobody's call, link or mark but our own.
func fuzzRobot(_ bytes: [UInt8]) {
    let pieces = bytes.split(separator: 0xFF, omittingEmptySubsequences: false)
        .map { String(decoding: $0, as: UTF8.self) }
    func piece(_ place: Int) -> String { place < pieces.count ? pieces[place] : "" }
    let message = RobotMessage(
        title: piece(0), lead: piece(2), facts: [.init(name: piece(3), value: piece(1))], words: piece(1),
        items: pieces, link: .init(label: "Open", href: "https://rapport.example/responses"))
    for robot in Robot.allCases {
        let written = message.body(for: robot).encoded()
        guard let body = try? JSONValue(parsing: written) else {
            promise(false, "no JSON")
            continue
        }
        let content = body["markdown"]?["content"]?.string
        let size = robot == .wecom ? content?.utf8.count ?? .max : written.count
        promise(size <= robot.largestBody, "a message too long")
        promise(body["at"] == nil && body["text"]?["mentioned_list"] == nil, "somebody is called")
        let texts = texts(of: body)
        promise(texts.allSatisfy { isClean($0) }, "a control character")
        switch robot {
        case .slack:
            promise(!texts.contains { has($0, of: "<>") }, "Slack reads a mark")
        case .dingtalk, .wecom:
            let text = body["actionCard"]?["text"]?.string ?? body["markdown"]?["content"]?.string ?? ""
            let link = "\n\n[Open](https://rapport.example/responses)"
            let theirs = text.hasSuffix(link) ? Array(text.utf8.dropLast(link.utf8.count)) : Array(text.utf8)
            promise(!has(theirs, of: "<@[]`_~&\\"), "Markdown of somebody else's")
            promise(bold(theirs) <= 2, "a bold word")
        case .feishu, .teams: break
        }
    }
}

// Bytes, for there are many texts in each of millions of inputs.

/// No control character but the end of a line, and no mark that turns the direction of text.
private func isClean(_ text: String) -> Bool {
    var last: (UInt8, UInt8) = (0, 0)
    for byte in text.utf8 {
        if byte < 0x20, byte != 0x0A { return false }
        if last == (0xE2, 0x80), (0xAA...0xAE).contains(byte) { return false }
        last = (last.1, byte)
    }
    return true
}

private func has(_ text: some Sequence<UInt8>, of marks: StaticString) -> Bool {
    marks.withUTF8Buffer { marks in text.contains { marks.contains($0) } }
}

private func has(_ text: String, of marks: StaticString) -> Bool { has(text.utf8, of: marks) }

/// How often two stars stand together.
private func bold(_ text: [UInt8]) -> Int {
    var count = 0, stars = 0
    for byte in text {
        stars = byte == UInt8(ascii: "*") ? stars + 1 : 0
        if stars == 2 { (count, stars) = (count + 1, 0) }
    }
    return count
}

private func texts(of value: JSONValue) -> [String] {
    switch value {
    case .string(let text): [text]
    case .array(let values): values.flatMap { texts(of: $0) }
    case .object(let object): object.members.flatMap { texts(of: $0.value) }
    default: []
    }
}
