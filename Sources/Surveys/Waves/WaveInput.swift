package import Customers
import Formats
package import Kernel
package import Web

extension WaveRequest {
    /// Reads `{channel, to or where, touchpoint?, style?, send_at?, reminders?, agent?, reason?}`. Throws all
    /// that is wrong, the first hundred of it.
    package init(_ body: JSONInput, at now: Timestamp) throws(DomainError) {
        var body = body
        body.require("channel")
        channel = body.choice("channel") ?? .email
        touchpoint = body.text("touchpoint", ResponseDraft.labelLengths)
        style = body.choice("style")
        sendAt = body.time("send_at")
        if let sendAt, sendAt > now + Self.furthest { body.refuse("send_at", "too-far-ahead") }
        reminders = AskRuleDefinition.reminders(&body)
        agent = body.text("agent", ResponseDraft.labelLengths)
        reason = body.choice("reason")
        to = []
        if body.has("where") {
            segment = WaveSegment(&body)
            if body.has("to") { body.refuse("to", "list-or-segment") }
        } else {
            body.require("to")
        }
        let list = body.array("to") ?? []
        if list.count > Wave.most { body.refuse("to", "too-many", ["max": String(Wave.most)]) }
        if body.problems.isEmpty, list.isEmpty, segment == nil { body.refuse("to", "too-few", ["min": "1"]) }
        var problems: [DomainError.Field] = []
        for (index, value) in list.prefix(Wave.most).enumerated() where problems.count < Self.mostProblems {
            do {
                var entry = try JSONInput(value, path: "/to/\(index)")
                let input = CustomerInput(&entry)
                if !input.identifies, entry.problems.isEmpty { entry.refuse("email", "missing") }
                problems += entry.findings
                to.append(input)
            } catch {
                problems += error.fields
            }
        }
        body.take(Array(problems.prefix(Self.mostProblems)))
        try body.finish()
        if channel == .sms { throw .smsNotConfigured }
    }

    private static let mostProblems = 100
}

/// Addresses as people paste them or keep them in a file: one a line, or between commas and semicolons, bare
/// or as `Anna Kowalska <anna@example.org>`.
package struct PastedAddresses: Equatable, Sendable {
    package private(set) var inputs: [CustomerInput] = []
    /// What is no address, at most 20, in the order in which it stands.
    package private(set) var wrong: [String] = []
    package private(set) var wrongCount = 0

    /// A first line without any `@` is a heading and passed over.
    package init(_ text: String) {
        var isFirst = true
        for line in text.split(whereSeparator: \.isNewline) {
            defer { isFirst = false }
            if isFirst, !line.contains("@") { continue }
            for piece in line.split(whereSeparator: { ",;\t".contains($0) }) {
                let entry = String(piece).trimmed.trimmed(of: "\"\u{FEFF}")
                if !entry.isEmpty { take(entry) }
            }
        }
    }

    private mutating func take(_ entry: String) {
        var input = CustomerInput()
        var address = entry
        if entry.hasSuffix(">"), let open = entry.lastIndex(of: "<") {
            address = String(entry[entry.index(after: open)...].dropLast())
            let name = String(entry[..<open]).trimmed.trimmed(of: "\"")
            if (1...200).contains(name.count) { input.name = name }
        }
        input.email = EmailAddress(address)
        if input.email != nil { return inputs.append(input) }
        wrongCount += 1
        if wrong.count < 20 { wrong.append(String(entry.prefix(100))) }
    }
}

extension String {
    /// Without any of `marks` at either end.
    fileprivate func trimmed(of marks: String) -> String {
        var rest = self[...]
        while let first = rest.first, marks.contains(first) { rest.removeFirst() }
        while let last = rest.last, marks.contains(last) { rest.removeLast() }
        return String(rest).trimmed
    }
}
