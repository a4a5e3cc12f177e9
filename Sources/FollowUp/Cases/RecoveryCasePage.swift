import Formats
import Kernel
package import Language
package import Ledger

extension RecoveryCase {
    /// Where it stands, and before that how late it is and who has heard of it; `brief` beside a due time
    /// that
    /// says itself that it has passed.
    func badges(_ messages: Messages, at now: Timestamp, brief: Bool = false) -> [[String: Any]] {
        let own: [String: Any] = ["kind": stage.rawValue, "word": messages("stage.\(stage.rawValue)")]
        return lateness(messages, at: now, brief: brief).map { [["kind": "overdue", "word": $0], own] } ?? [
            own
        ]
    }

    /// `nil` where it is not overdue.
    private func lateness(_ messages: Messages, at now: Timestamp, brief: Bool) -> String? {
        guard isOverdue(at: now) else { return nil }
        let told = brief ? "cases.told" : "cases.overdue"
        switch escalation {
        case .none: return messages("cases.overdue")
        case .managers: return messages("\(told).managers")
        case .owner: return messages("\(told).owner")
        }
    }

    /// What an event of a case tells beyond its kind; `nil` where that is all.
    package static func detail(of event: SealedEvent, _ messages: Messages) -> String? {
        guard event.kind == .caseContacted, let payload = try? event.payload,
            let way = payload["channel"]?.string, let outcome = payload["outcome"]?.string,
            messages.has("channel.\(way)"), messages.has("outcome.\(outcome)")
        else { return nil }
        return messages(
            "cases.event.contact",
            [
                "channel": .string(messages("channel.\(way)")),
                "outcome": .string(messages("outcome.\(outcome)")),
            ])
    }
}
