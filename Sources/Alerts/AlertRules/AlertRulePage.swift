import Accounts
import Formats
import Kernel
import Language
import Surveys
import Web

/// The rules of an account as sentences, each with what became of its last messages, and a form for one more.
struct AlertRulePage {
    let rules: [(rule: AlertRule, deliveries: [AlertDelivery])]
    let surveys: [Survey]
    let members: [Membership]
    let zone: Zone
    let messages: Messages
    let now: Timestamp
    var refused: (typed: FormFields, error: DomainError)?

    var model: [String: Any] {
        [
            "title": messages("alerts.title"), "rules": rules.map(row), "hasRules": !rules.isEmpty,
            "empty": [
                "icon": "mail", "heading": messages("alerts.none.heading"),
                "text": messages("alerts.none.text"), "action": false,
            ] as [String: Any],
            "alert": refused.map { messages.sentence($0.error) } ?? false,
            "what": what, "where": place, "tones": tones, "people": people,
            "membersError": refused.flatMap { fault("members", in: $0.error) } ?? false,
        ]
    }

    private func fault(_ field: String, in error: DomainError) -> String? {
        error.fields.first { $0.pointer == "/\(field)" }.map { messages.sentence($0) }
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
        let said = one.reason.map { AlertLetter.cut($0, to: 160) }
        return [
            "state": messages("alerts.state.\(one.state.rawValue)"),
            "kind": one.state == .failed || one.state == .uncertain ? "overdue" : "plain",
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
            members.first { $0.memberID == id }?.name ?? messages("alerts.to.gone")
        }
        return messages.list(names)
    }
}

/// The form.
extension AlertRulePage {
    private var form: FormPage {
        FormPage(messages, typed: refused?.typed, error: refused?.error)
    }

    private var what: [[String: Any]] {
        var form = form
        form.input("name", messages("alerts.field.name"))
        let every = (value: "", label: messages("alerts.field.survey.every"))
        form.choice(
            "survey", messages("word.survey"),
            options: [every] + surveys.map { ($0.id.description, $0.name) },
            value: "")
        form.input("score_at_most", messages("alerts.field.at-most"), type: "number", required: false)
        form.input("score_at_least", messages("alerts.field.at-least"), type: "number", required: false)
        form.input(
            "words", messages("alerts.field.words"), help: messages("alerts.field.words.help"),
            required: false)
        form.input("segment", messages("alerts.field.segment"), required: false)
        form.input("segment_value", messages("alerts.field.segment-value"), required: false)
        form.input("value", messages("alerts.field.value"), required: false)
        form.input("value_at_least", messages("alerts.field.value-least"), type: "number", required: false)
        return form.fields
    }

    private var place: [[String: Any]] {
        var form = form
        form.choice(
            "to", messages("alerts.field.to"),
            options: AlertRule.Destination.allCases.map {
                ($0.rawValue, messages("alerts.to.\($0.rawValue)"))
            },
            value: AlertRule.Destination.members.rawValue)
        form.input(
            "url", messages("alerts.field.url"), help: messages("alerts.field.url.help"), required: false)
        form.input(
            "secret", messages("alerts.field.secret"), type: "password",
            help: messages("alerts.field.secret.help"), autocomplete: "off", required: false)
        form.input("quiet_from", messages("alerts.field.quiet-from"), type: "time", required: false)
        form.input(
            "quiet_to", messages("alerts.field.quiet-to"), type: "time",
            help: messages("alerts.field.quiet.help", ["zone": .string(zone.name)]), required: false)
        return form.fields
    }

    private var tones: [[String: Any]] {
        BandTone.allCases.map { tone in
            [
                "value": tone.rawValue, "label": messages("alerts.tone.\(tone.rawValue)"),
                "chosen": refused.map { $0.typed.all("tone").contains(tone.rawValue) } ?? (tone == .low),
            ]
        }
    }

    private var people: [[String: Any]] {
        members.map { member in
            let id = member.memberID.description
            return [
                "value": id, "label": member.name,
                "chosen": refused?.typed.all("member").contains(id) ?? false,
            ]
        }
    }
}
