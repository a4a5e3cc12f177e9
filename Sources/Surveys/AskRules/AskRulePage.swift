import Accounts
import Formats
import Kernel
import Language
import Web

/// All rules, each as a sentence, with what they have decided.
struct AskRuleListPage {
    let rules: [AskRule]
    let surveys: [Survey.ID: String]
    let counts: [AskRule.ID: AskCounts]
    let zone: Zone
    let messages: Messages
    let mayWrite: Bool

    var model: [String: Any] {
        var model: [String: Any] = [
            "title": messages("ask-rules.title"), "rules": rules.map(entry), "hasRules": !rules.isEmpty,
            "mayWrite": mayWrite,
        ]
        if rules.isEmpty {
            model["nothing"] =
                [
                    "icon": "rules", "heading": messages("ask-rules.none.heading"),
                    "text": messages("ask-rules.none.text"),
                    "action": mayWrite
                        ? ["href": "/ask-rules/new", "label": messages("ask-rules.new")] as Any
                        : false as Any,
                ] as [String: Any]
        }
        return model
    }

    private func entry(_ rule: AskRule) -> [String: Any] {
        let counts = counts[rule.id] ?? AskCounts()
        return [
            "id": rule.id.description, "name": rule.name,
            "sentence": AskRuleSentence(
                definition: rule.definition, survey: surveys[rule.definition.survey] ?? "", zone: zone,
                messages: messages
            ).text,
            "state": messages("ask-rules.state.\(rule.state.rawValue)"),
            "kind": rule.state == .active ? "good" : "closed",
            "counts": messages(
                "ask-rules.counts",
                ["asked": .int(counts.asked), "skipped": .int(counts.skippedInAll)]),
            "reasons": counts.reasons(messages), "hasReasons": !counts.skipped.isEmpty,
        ]
    }
}

extension AskCounts {
    /// `3: asked not long ago`, in the order in which they are looked at.
    func reasons(_ messages: Messages) -> [String] {
        AskSkip.allCases.compactMap { skip in
            skipped[skip].map { count in
                messages(
                    "ask-rules.skip",
                    ["count": .int(count), "reason": .string(messages("ask-rules.skip.\(skip.rawValue)"))])
            }
        }
    }
}

/// One rule: what it says, whom it asks, its form, its versions. A new one is its form alone.
struct AskRulePage {
    /// What is known of a rule that there is.
    struct Standing {
        let rule: AskRule
        let today: AskForecast
        let month: AskForecast
        let sent: Int
        let answered: Int
        let versions: [AskRuleVersion]
    }

    let standing: Standing?
    /// By name, to choose from.
    let surveys: [(id: Survey.ID, name: String)]
    /// Events that were reported so far.
    let events: [String]
    let zone: Zone
    let messages: Messages
    let mayWrite: Bool
    /// Of a form that was refused.
    var typed: FormFields?
    var error: DomainError?

    var model: [String: Any] {
        let rule = standing?.rule
        var model: [String: Any] = [
            "title": rule?.name ?? messages("ask-rules.new"),
            "action": rule.map { "/ask-rules/\($0.id)" } ?? "/ask-rules",
            "submit": messages(rule == nil ? "ask-rules.create" : "action.save"), "mayWrite": mayWrite,
            "groups": mayWrite ? groups.model : [], "alert": AnswerPage.shown(alert), "isThere": rule != nil,
            "isActive": rule?.state == .active, "isPaused": rule?.state == .paused, "forecasts": [],
            "versions": [],
        ]
        guard let standing else { return model }
        model["sentence"] = sentence(standing.rule.definition)
        model["state"] = messages("ask-rules.state.\(standing.rule.state.rawValue)")
        model["kind"] = standing.rule.state == .active ? "good" : "closed"
        model["sent"] = messages(
            "ask-rules.sent", ["sent": .int(standing.sent), "answered": .int(standing.answered)])
        model["forecasts"] = [
            forecast("preview", standing.today), forecast("simulation", standing.month),
        ]
        model["versions"] = standing.versions.map { version -> [String: Any] in
            [
                "label": messages("ask-rules.version", ["version": .int(version.version)]),
                "at": version.createdAt.rfc3339,
                "when": messages.dateTime(
                    version.createdAt, offsetSeconds: zone.offsetSeconds(at: version.createdAt)),
                "sentence": sentence(version.definition),
            ]
        }
        return model
    }

    private func sentence(_ definition: AskRuleDefinition) -> String {
        let name = surveys.first { $0.id == definition.survey }?.name ?? ""
        return AskRuleSentence(definition: definition, survey: name, zone: zone, messages: messages).text
    }

    /// What is wrong and stands at no field.
    private var alert: String? {
        guard let error, error.fields.isEmpty else { return nil }
        return messages.sentence(error)
    }

    private func forecast(_ kind: String, _ forecast: AskForecast) -> [String: Any] {
        let counts = forecast.counts
        return [
            "id": kind, "heading": messages("ask-rules.\(kind)"),
            "what": messages("ask-rules.\(kind).what"), "isEmpty": counts.all == 0,
            "asked": messages.number(counts.asked), "skipped": messages.number(counts.skippedInAll),
            "reasons": counts.reasons(messages), "hasReasons": !counts.skipped.isEmpty,
            "isIncomplete": !forecast.isComplete,
        ]
    }

    private var groups: AskRuleFields {
        AskRuleFields(
            values: AskRuleForm.values(of: standing?.rule, zone: zone), surveys: surveys, events: events,
            messages: messages, typed: typed,
            error: error.map { DomainError.invalid($0.fields.map(AskRuleForm.fault)) })
    }
}
