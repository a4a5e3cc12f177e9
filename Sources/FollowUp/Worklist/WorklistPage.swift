import Accounts
import Formats
import Kernel
import Language
import Surveys

/// The list of cases as its page shows it.
struct WorklistPage {
    let worklist: Worklist
    let choice: WorklistChoice
    let messages: Messages
    let now: Timestamp
    /// False for a caller who is no member and so owns nothing.
    let hasOwnCases: Bool

    var model: [String: Any] {
        var model: [String: Any] = [
            "title": messages("cases.title"), "lead": lead, "tabs": tabs, "chips": chips, "rows": rows,
            "pagination": pagination,
        ]
        if rows.isEmpty { model["empty"] = empty }
        return model
    }

    private func count(_ stages: [RecoveryCase.Stage]) -> Int {
        stages.reduce(0) { $0 + (worklist.counts[$1] ?? 0) }
    }

    private var lead: String {
        let count = count(WorklistChoice.toDo)
        guard count > 0 else { return messages("cases.lead.none") }
        let waiting = messages("cases.lead.waiting", ["count": .int(count)])
        guard worklist.overdue > 0 else { return waiting }
        let overdue = messages("cases.lead.overdue", ["count": .int(worklist.overdue)])
        return messages("cases.lead.both", ["waiting": .string(waiting), "overdue": .string(overdue)])
    }

    private var tabs: [[String: Any]] {
        let stages = RecoveryCase.Stage.allCases.map { stage in
            tab(messages("stage.\(stage.rawValue)"), count([stage])) { $0.stage = stage }
        }
        return [tab(messages("cases.tab.to-do"), count(WorklistChoice.toDo)) { $0.stage = nil }] + stages
    }

    private func tab(_ label: String, _ count: Int, _ change: (inout WorklistChoice) -> Void) -> [String: Any]
    {
        var other = choice.changed(change)
        if other.stage.map({ !WorklistChoice.toDo.contains($0) }) ?? false { other.overdueOnly = false }
        return [
            "label": label, "count": messages.number(count), "href": other.address,
            "current": other.stage == choice.stage,
        ]
    }

    private var chips: [[String: Any]] {
        var chips: [[String: Any]] = []
        if hasOwnCases {
            chips.append(
                [
                    "label": messages("cases.filter.mine"), "current": choice.owner == "me",
                    "href": choice.changed { $0.owner = $0.owner == "me" ? nil : "me" }.address,
                ])
        }
        if choice.stage.map(WorklistChoice.toDo.contains) ?? true {
            chips.append(
                [
                    "label": messages("cases.filter.overdue", ["count": .int(worklist.overdue)]),
                    "current": choice.overdueOnly,
                    "href": choice.changed { $0.overdueOnly.toggle() }.address,
                ])
        }
        return chips
    }

    private var rows: [[String: Any]] {
        worklist.lines.map { line in
            let recovery = line.recovery
            var row: [String: Any] = [
                "href": "/cases/\(recovery.id)", "customer": line.customer ?? messages("cases.nameless"),
                "nobody": recovery.customer == nil, "isLate": recovery.isOverdue(at: now),
                "badges": recovery.badges(messages, at: now, brief: true), "score": false,
                "comment": false,
                "owner": line.owner ?? messages("cases.queue.\(recovery.queue ?? RecoveryCaseJobs.queue)"),
                "due": due(recovery), "dueExact": exact(recovery.endedAt ?? recovery.dueAt),
                "at": (recovery.endedAt ?? recovery.dueAt).rfc3339,
            ]
            if recovery.customer == nil { row["customer"] = messages("cases.nobody") }
            if let response = line.response {
                row["score"] = messages.number(response.score.raw)
                row["band"] = response.score.band.rawValue
                row["bandWord"] = messages("band.\(response.score.band.rawValue)")
                row["comment"] = response.comment.map(Self.firstLine) ?? false
            }
            if let reply = line.reply { row["comment"] = Self.firstLine(reply.said) }
            return row
        }
    }

    private func due(_ recovery: RecoveryCase) -> String {
        switch recovery.stage {
        case .open, .contacted:
            messages.relative(recovery.dueAt, now: now)
        case .resolved: messages("cases.waiting")
        case .verified, .closed:
            messages("cases.ended", ["when": .string(messages.relative(recovery.endedAt ?? now, now: now))])
        }
    }

    private func exact(_ at: Timestamp) -> String {
        messages.dateTime(at, offsetSeconds: worklist.zone.offsetSeconds(at: at))
    }

    private static func firstLine(_ comment: String) -> String {
        comment.split(whereSeparator: \.isNewline).first.map { String($0.prefix(300)) } ?? ""
    }

    private var empty: [String: Any] {
        let isFiltered = choice.owner != nil || choice.overdueOnly || choice.stage != nil
        let kind = isFiltered ? "filtered" : "all"
        return [
            "icon": "act", "heading": messages("cases.empty.\(kind)"),
            "text": messages("cases.empty.\(kind).text"),
            "action": isFiltered ? ["href": "/cases", "label": messages("cases.empty.show")] : false,
        ]
    }

    private var pagination: Any {
        guard choice.page > 1 || worklist.hasMore else { return false }
        let begin = (choice.page - 1) * Worklist.pageSize
        var pages: [String: Any] = [
            "summary": messages(
                "cases.range",
                ["from": .int(begin + 1), "to": .int(begin + worklist.lines.count)]),
            "first": false, "previous": false, "next": false,
        ]
        if choice.page > 1 { pages["previous"] = choice.turned(to: choice.page - 1).address }
        if worklist.hasMore { pages["next"] = choice.turned(to: choice.page + 1).address }
        return pages
    }
}
