import Accounts
import Kernel
import Language
import Surveys
import Web

/// The rules of an account as sentences, each with what became of its last messages, and a form for one more;
/// or one rule and the form that changes it.
struct AlertRulePage {
    let rules: [(rule: AlertRule, deliveries: [AlertDelivery])]
    let form: AlertRuleForm
    let now: Timestamp

    private var messages: Messages { form.messages }
    private var surveys: [Survey] { form.surveys }

    var model: [String: Any] {
        let own: [String: Any] = [
            "title": messages("alerts.title"), "rules": rules.map(row), "hasRules": !rules.isEmpty,
            "empty": [
                "icon": "mail", "heading": messages("alerts.none.heading"),
                "text": messages("alerts.none.text"), "action": false,
            ] as [String: Any],
        ]
        return own.merging(form.model) { own, _ in own }
    }

    /// Of its one rule.
    var ruleModel: [String: Any] {
        let own = rules.first.map(row) ?? [:]
        return own.merging(["title": messages("alerts.rule.title")]) { _, title in title }
            .merging(form.model) { own, _ in own }
    }

    private func row(_ rule: AlertRule, _ deliveries: [AlertDelivery]) -> [String: Any] {
        [
            "id": rule.id.description, "name": rule.name, "sentence": sentence(rule),
            "enabled": rule.isEnabled, "state": rule.isEnabled ? "no" : "yes",
            "action": messages(rule.isEnabled ? "alerts.pause" : "alerts.resume"),
            "hasDeliveries": !deliveries.isEmpty, "deliveries": deliveries.map(delivery),
        ]
    }

    private func delivery(_ one: AlertDelivery) -> [String: Any] {
        // What a relay says of a message that it took helps nobody.
        let said = one.state == .sent ? nil : one.reason.map { AlertLetter.cut($0, to: 160) }
        let isLost = one.state == .failed || one.state == .uncertain
        return [
            "state": messages("alerts.state.\(one.state.rawValue)"),
            "kind": isLost ? "overdue" : one.state == .sent ? "good" : "",
            "at": one.at.rfc3339, "when": messages.relative(one.at, now: now),
            "href": one.response.map { "/responses/\($0)" as Any } ?? false,
            "what": messages(one.response == nil ? "alerts.test" : "alerts.answer"),
            "reason": said.map { $0 as Any } ?? false,
        ]
    }
}

/// What a rule says, as a sentence.
extension AlertRulePage {
    func sentence(_ rule: AlertRule) -> String {
        let conditions = phrases(rule)
        let whom: MessageValue = .string(whom(rule))
        let sentence =
            conditions.isEmpty
            ? messages("alerts.sentence.every", ["whom": whom])
            : messages(
                "alerts.sentence", ["conditions": .string(messages.list(conditions)), "whom": whom])
        guard let quiet = rule.quietHours else { return sentence }
        let hours = messages(
            "alerts.sentence.quiet",
            [
                "from": .string(QuietHours.text(of: quiet.from)),
                "to": .string(QuietHours.text(of: quiet.to)),
            ])
        return messages(
            "alerts.sentence.with-quiet", ["sentence": .string(sentence), "hours": .string(hours)])
    }

    private func phrases(_ rule: AlertRule) -> [String] {
        let when = rule.conditions
        func said(_ key: String, _ values: [String: MessageValue]) -> String {
            messages("alerts.when.\(key)", values)
        }
        var phrases: [String] = []
        if let survey = rule.survey {
            let name = surveys.first { $0.id == survey }?.name ?? survey.description
            phrases.append(said("survey", ["survey": .string(name)]))
        }
        if !when.bands.isEmpty {
            let bands = when.bands.map { messages("band.\($0.rawValue)") }.joined(separator: " / ")
            phrases.append(said("bands", ["bands": .string(bands)]))
        }
        if let atMost = when.atMost { phrases.append(said("at-most", ["score": .int(atMost)])) }
        if let atLeast = when.atLeast { phrases.append(said("at-least", ["score": .int(atLeast)])) }
        if !when.words.isEmpty {
            phrases.append(said("words", ["words": .string(when.words.joined(separator: " / "))]))
        }
        phrases += when.segments.map {
            said("segment", ["name": .string(messages.attribute($0.name)), "value": .string($0.value)])
        }
        if let worth = when.worth {
            let isWhole = worth.atLeast == worth.atLeast.rounded()
            let value: MessageValue = .decimal(worth.atLeast, places: isWhole ? 0 : 2)
            phrases.append(
                said("value", ["name": .string(messages.attribute(worth.attribute)), "value": value]))
        }
        return phrases
    }

    private func whom(_ rule: AlertRule) -> String {
        if let hook = rule.hook {
            return messages(
                "alerts.to.host",
                [
                    "robot": .string(messages("alerts.to.\(rule.destination.rawValue)")),
                    "host": .string(hook.host),
                ])
        }
        let names = rule.members.map { id in
            form.members.first { $0.memberID == id }?.name ?? messages("alerts.to.gone")
        }
        return messages.list(names)
    }
}
