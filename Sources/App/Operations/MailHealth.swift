import Formats
import Kernel
import Language
import Surveys

/// How mail fares: what came back in the last 30 days, and whether the mailbox is read.
struct MailHealth: Sendable {
    static let span = Duration.seconds(30 * 86_400)

    let counts: MailCounts
    /// What waits to leave, and what was lost on the way.
    let queue: MailQueue
    /// `nil` where no mailbox was ever read.
    let poll: MailboxPoll?

    /// In words, the worst first.
    func alarms(_ messages: Messages, now: Timestamp) -> [[String: Any]] {
        var alarms: [[String: Any]] = []
        if let poll, let since = poll.failingSince {
            let words = messages(
                "inbound.alarm.mailbox",
                [
                    "when": .string(messages.relative(since, now: now)), "failures": .int(poll.failures),
                    "mailbox": .string(poll.mailbox),
                ])
            alarms.append(["words": words, "reason": poll.reason ?? ""])
        }
        if counts.isComplainedOf { alarms.append(alarm("complaints", counts.complaints, messages)) }
        if counts.isRefusedForPolicy {
            alarms.append(alarm("policy", counts.bounces[.policy] ?? 0, messages))
        }
        return alarms
    }

    private func alarm(_ key: String, _ count: Int, _ messages: Messages) -> [String: Any] {
        let values: [String: MessageValue] = [
            "count": .int(count), "sent": .int(counts.sent),
            "share": .string(messages.percent(counts.share(count), places: 1)),
        ]
        return ["words": messages("inbound.alarm.\(key)", values), "reason": ""]
    }

    func facts(_ messages: Messages, now: Timestamp) -> [[String: Any]] {
        let numbers: [(String, Int)] = [
            ("due", queue.due), ("sent", counts.sent), ("failed", queue.failed),
            ("uncertain", queue.uncertain), ("hard", counts.bounces[.hard] ?? 0),
            ("soft", counts.bounces[.soft] ?? 0), ("policy", counts.bounces[.policy] ?? 0),
            ("complaints", counts.complaints), ("automatic", counts.automatic), ("replies", counts.replies),
        ]
        var facts: [[String: Any]] = numbers.map { key, number in
            ["name": messages("inbound.count.\(key)"), "value": messages.number(number)]
        }
        if let oldest = queue.oldestDue {
            facts.insert(
                ["name": messages("inbound.oldest"), "value": messages.relative(oldest, now: now)], at: 1)
        }
        if let polled = poll?.polledAt {
            facts.append(
                ["name": messages("inbound.polled"), "value": messages.relative(polled, now: now)])
        }
        return facts
    }
}
