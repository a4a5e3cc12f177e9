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
        for text in texts {
            let isClean = text.unicodeScalars.allSatisfy {
                ($0.value >= 0x20 || $0 == "\n") && !(0x202A...0x202E).contains($0.value)
            }
            promise(isClean, "a control character")
        }
        switch robot {
        case .slack:
            promise(!texts.contains { $0.contains("<") || $0.contains(">") }, "Slack reads a mark")
        case .dingtalk, .wecom:
            let text = body["actionCard"]?["text"]?.string ?? body["markdown"]?["content"]?.string ?? ""
            let theirs = text.replacing("\n\n[Open](https://rapport.example/responses)", with: "")
            let marks = theirs.unicodeScalars.filter { "<@[]`_~&\\".unicodeScalars.contains($0) }
            promise(marks.isEmpty, "Markdown of somebody else's")
            promise(theirs.split(separator: "**", omittingEmptySubsequences: false).count <= 3, "a bold word")
        case .feishu, .teams: break
        }
    }
}

private func texts(of value: JSONValue) -> [String] {
    switch value {
    case .string(let text): [text]
    case .array(let values): values.flatMap { texts(of: $0) }
    case .object(let object): object.members.flatMap { texts(of: $0.value) }
    default: []
    }
}
