import Formats
import Kernel
import Language
import Ledger
import Surveys

/// The operations page in the reader's words.
struct OperationsPage {
    /// What events may be about, as the filter offers it.
    static let nouns = [
        "account", "alert", "calendar", "case", "customer", "import", "invitation", "job", "member", "reply",
        "response", "sample", "session", "survey", "token", "wave", "webhook",
    ]

    let operations: Operations
    let about: String?
    /// Not the first page of the audit list.
    let isContinued: Bool
    let mayAct: Bool
    let messages: Messages
    let now: Timestamp

    var model: [String: Any] {
        let events = operations.events.prefix(Operations.eventsOnAPage)
        var model: [String: Any] = [
            "title": messages("shell.operations"), "facts": facts, "standing": standing,
            "alarm": alarm, "mailAlarms": operations.mail.alarms(messages, now: now),
            "mailFacts": operations.mail.facts(messages, now: now),
            "failed": operations.failed.map(failed), "hasFailed": !operations.failed.isEmpty,
            "waiting": operations.waiting.map(waiting), "hasWaiting": !operations.waiting.isEmpty,
            "counts": operations.queue.counts.map(count), "hasCounts": !operations.queue.counts.isEmpty,
            "consumers": operations.standings.map(consumer), "hasConsumers": !operations.standings.isEmpty,
            "events": events.map(event), "hasEvents": !events.isEmpty, "nouns": Self.nouns.map(noun),
        ]
        if operations.events.count > events.count || isContinued {
            model["pagination"] = pagination(last: events.last?.position)
        }
        return model
    }

    /// How it goes, in one sentence.
    private var standing: [String: Any] {
        let stuck = operations.standings.count(where: { $0.failures > 0 })
        if stuck + operations.failed.count > 0 {
            let counts: [String: MessageValue] = [
                "failed": .int(operations.failed.count), "stuck": .int(stuck),
            ]
            return [
                "kind": "problem", "icon": "circle-alert", "words": messages("operations.trouble", counts),
            ]
        }
        let isLevel = operations.standings.allSatisfy { $0.behind == 0 }
        return [
            "kind": isLevel ? "good" : "warning", "icon": isLevel ? "circle-check" : "clock",
            "words": messages(isLevel ? "operations.well" : "operations.catching-up"),
        ]
    }

    /// What the relay said, and when it is tried again.
    private var alarm: [[String: Any]] {
        guard let alarm = operations.alarm else { return [] }
        let words = messages(
            "operations.relay",
            ["when": .string(messages.relative(alarm.raisedAt, now: now)), "failures": .int(alarm.failures)])
        let next = messages(
            "operations.relay.next", ["when": .string(messages.relative(alarm.stoppedUntil, now: now))])
        return [["words": words, "reason": alarm.reason, "next": next]]
    }

    private func fact(_ key: String, _ value: String) -> [String: Any] {
        ["name": messages("operations.\(key)"), "value": value]
    }

    private var facts: [[String: Any]] {
        let none = messages("operations.nothing-waits")
        return [
            fact("unsealed", operations.oldestUnsealed.map { messages.relative($0, now: now) } ?? none),
            fact("due", operations.queue.oldestDue.map { messages.relative($0, now: now) } ?? none),
            fact(
                "size",
                messages(
                    "operations.mebibytes",
                    ["size": .string(messages.number(Double(operations.sizeBytes) / 1_048_576))])),
            fact("version", RapportCommand.version),
        ]
    }

    /// The catalogs' word for a code, else the code itself.
    private func word(_ area: String, _ code: String) -> String {
        let key = "operations.\(area).\(code)"
        return messages.has(key) ? messages(key) : code
    }

    private func failed(_ job: Job) -> [String: Any] {
        let at = job.finishedAt ?? job.runAt
        return [
            "id": job.id.description, "kind": word("job", job.kind.rawValue),
            "reason": job.lastError ?? messages("word.unknown"), "at": at.rfc3339,
            "when": messages.relative(at, now: now),
            "attempts": messages("operations.attempts", ["count": .int(job.attempts)]),
            "mayAct": mayAct && job.account != Job.everyAccount,
        ]
    }

    private func waiting(_ job: Job) -> [String: Any] {
        var model: [String: Any] = [
            "id": job.id.description, "kind": word("job", job.kind.rawValue), "at": job.runAt.rfc3339,
            "when": messages.relative(job.runAt, now: now),
            "state": messages("operations.state.\(job.state.rawValue)"),
            "badge": job.state == .running ? "current" : "waiting", "mayAct": mayAct,
        ]
        if let reason = job.lastError { model["reason"] = reason }
        return model
    }

    private func count(_ count: JobQueue.Count) -> [String: Any] {
        [
            "kind": word("job", count.kind.rawValue),
            "state": messages("operations.state.\(count.state.rawValue)"),
            "number": messages.number(count.jobs),
        ]
    }

    private func consumer(_ standing: Consumer.Standing) -> [String: Any] {
        let state = standing.failures > 0 ? "stuck" : standing.behind > 0 ? "behind" : "level"
        var model: [String: Any] = [
            "code": standing.name, "name": word("consumer", standing.name),
            "state": messages("operations.consumer-state.\(state)"),
            "badge": ["stuck": "failed", "behind": "waiting", "level": "good"][state] ?? "bare",
            "place": messages(
                "operations.place",
                ["position": .int(standing.position), "head": .int(standing.head)]),
            "mayRetry": mayAct && standing.failures > 0,
        ]
        if let reason = standing.lastError { model["reason"] = reason }
        return model
    }

    private func event(_ event: SealedEvent) -> [String: Any] {
        [
            "at": event.happenedAt.rfc3339, "when": messages.relative(event.happenedAt, now: now),
            "what": word("event", event.kind.rawValue), "who": who(event.actor),
            "position": messages.number(event.position),
        ]
    }

    private func who(_ actor: Actor) -> String {
        switch actor {
        case .customer: messages("word.customer")
        case .member(let id): operations.names.members[id] ?? messages("operations.actor.member")
        case .token(let id):
            messages(
                "operations.actor.token",
                ["name": .string(operations.names.tokens[id] ?? messages("word.unknown"))])
        case .system: messages("operations.actor.system")
        case .import: messages("operations.actor.import")
        case .operator: messages("operations.actor.operator")
        }
    }

    private func noun(_ noun: String) -> [String: Any] {
        ["value": noun, "label": messages("operations.noun.\(noun)"), "selected": noun == about]
    }

    private func pagination(last: Int?) -> [String: Any] {
        let filter = about.map { "about=\($0)&" } ?? ""
        var model: [String: Any] = ["summary": ""]
        if isContinued { model["first"] = "/operations?\(filter)#audit" }
        if operations.events.count > Operations.eventsOnAPage, let last {
            model["next"] = "/operations?\(filter)before=\(last)#audit"
        }
        return model
    }
}
