import Accounts
import Formats
import Kernel
import Language
import Ledger

/// A rule as one would say it, in the reader's language.
struct AskRuleSentence {
    let definition: AskRuleDefinition
    /// The survey's name.
    let survey: String
    let zone: Zone
    let messages: Messages

    var text: String {
        let pieces = [
            what, touchpoint, turn, conditions, hours, quota("day", definition.quota.day),
            quota("month", definition.quota.month), reminders, until,
        ].compactMap(\.self)
        // Chinese puts no blank between sentences.
        return pieces.joined(separator: [.zhHans, .zhHant].contains(messages.language) ? "" : " ")
    }

    private func say(_ key: String, _ values: [String: MessageValue] = [:]) -> String {
        messages("ask-rules.says.\(key)", values)
    }

    private var what: String {
        let survey = MessageValue.string(survey)
        if let period = definition.period {
            return say("schedule", ["period": .string(period.rawValue), "survey": survey])
        }
        let known = "ask-rules.says.event.\(definition.event)"
        let event =
            AskRule.ledgerEvents.contains { $0.rawValue == definition.event }
            ? messages(known) : say("event", ["event": .string(definition.event)])
        if definition.delay == .zero { return say("now", ["event": .string(event), "survey": survey]) }
        return say(
            "later",
            ["delay": .string(definition.delay.words(messages)), "event": .string(event), "survey": survey])
    }

    private var touchpoint: String? {
        definition.touchpoint.map { say("touchpoint", ["touchpoint": .string($0)]) }
    }

    private var turn: String? {
        if definition.sample >= 1 { return nil }
        let places = (definition.sample * 100).rounded() == definition.sample * 100 ? 0 : 1
        return say(
            definition.asksBySchedule ? "turn" : "sample",
            ["share": .percent(definition.sample, places: places)])
    }

    private var conditions: String? {
        if definition.conditions.isEmpty { return nil }
        return say("where", ["conditions": .string(messages.list(definition.conditions.map(words)))])
    }

    private func words(_ condition: AskCondition) -> String {
        let name = MessageValue.string(
            condition.name == AskCondition.count ? say("count") : messages.attribute(condition.name))
        func number(_ value: Double) -> MessageValue {
            .string(messages.number(value, places: value == value.rounded() ? 0 : 2))
        }
        switch condition.test {
        case .anyOf(let values): return say("any", ["name": name, "values": .string(either(values))])
        case .between(let least?, let most?):
            return say("between", ["name": name, "min": number(least), "max": number(most)])
        case .between(let least?, nil): return say("least", ["name": name, "min": number(least)])
        case .between(nil, let most): return say("most", ["name": name, "max": number(most ?? 0)])
        }
    }

    private func either(_ values: [String]) -> String {
        guard values.count > 1, let last = values.last else { return values.first ?? "" }
        let head = values.dropLast().joined(separator: messages("format.list.between"))
        return say("or", ["items": .string(head), "last": .string(last)])
    }

    private var hours: String? {
        definition.hours.map { hours in
            say("hours", ["from": .string(hours.fromText), "to": .string(hours.toText)])
        }
    }

    private func quota(_ span: String, _ count: Int?) -> String? {
        count.map { say("quota-\(span)", ["count": .int($0)]) }
    }

    private var reminders: String? {
        let spans = definition.reminders
        if spans.isEmpty { return nil }
        return say(
            "reminders",
            ["count": .int(spans.count), "spans": .string(messages.list(spans.map { $0.words(messages) }))])
    }

    private var until: String? {
        definition.until.map { until in
            say("until", ["date": .string(messages.date(until.lastDay(in: zone)))])
        }
    }
}

extension CalendarSpan {
    /// `2 hours`, `3 days`, in the reader's language.
    func words(_ messages: Messages) -> String { messages.duration(.seconds(days * 86_400 + seconds)) }
}
