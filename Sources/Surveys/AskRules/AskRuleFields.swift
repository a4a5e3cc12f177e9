import Accounts
import Formats
import Kernel
import Language
import Ledger
import Web

/// The fields of a rule's form, in the order in which one would say the rule: the rule, what happens, when we
/// ask, and whom.
struct AskRuleFields {
    /// By the name of the field.
    let values: [String: String]
    let surveys: [(id: Survey.ID, name: String)]
    /// Events that were reported so far.
    let events: [String]
    let messages: Messages
    /// Of a form that was refused.
    let typed: FormFields?
    let error: DomainError?

    /// Each group has rows, each row has fields that stand side by side where there is room.
    var model: [[String: Any]] {
        [
            group("rule", 2) { form in
                line(&form, "name", help: say("name.help"), required: true)
                form.choice(
                    "survey", say("survey"), options: surveys.map { ($0.id.description, $0.name) },
                    value: value("survey"))
            },
            group("what", 2, 1) { form in
                line(&form, "event", help: eventHelp, required: true)
                line(&form, "touchpoint")
                form.choice(
                    "period", say("period"),
                    options: [("", say("period.none"))]
                        + AskRuleDefinition.Period.allCases.map {
                            ($0.rawValue, say("period.\($0.rawValue)"))
                        },
                    value: value("period"), help: say("period.help"))
            },
            group("when", 3, 2) { form in
                spans(&form, "delay", Self.delays, none: say("delay.none"))
                line(&form, "from", type: "time")
                line(&form, "to", type: "time", help: say("hours.help"))
                spans(
                    &form, "reminders", Self.reminders, none: say("reminders.none"),
                    help: say("reminders.help"))
                line(&form, "until", type: "date")
            },
            group("whom", 3, 1) { form in
                line(&form, "sample")
                line(&form, "quota_day", type: "number")
                line(&form, "quota_month", type: "number")
                form.area("where", say("where"), value: value("where"), help: say("where.help"))
            },
        ]
    }

    private static let delays = ["PT1H", "PT2H", "PT4H", "PT8H", "P1D", "P2D", "P3D", "P7D", "P14D"]
    private static let reminders = ["P3D", "P5D", "P7D", "P3D P7D", "P7D P14D"]

    /// `first` fields in the first row, `others` in those after it.
    private func group(
        _ key: String, _ first: Int, _ others: Int = 1, _ fill: (inout FormPage) -> Void
    ) -> [String: Any] {
        var form = FormPage(messages, typed: typed, error: error)
        fill(&form)
        return ["legend": say("group.\(key)"), "rows": form.rows(first, others)]
    }

    private func line(
        _ form: inout FormPage, _ name: String, type: String = "text", help: String? = nil,
        required: Bool = false
    ) {
        form.input(
            name, say(name), type: type, value: value(name), help: help, autocomplete: "off",
            required: required)
    }

    /// Common spans to choose from, and the one that the rule has or that was typed.
    private func spans(
        _ form: inout FormPage, _ name: String, _ common: [String], none: String, help: String? = nil
    ) {
        var options = common
        for extra in [value(name), typed?[name] ?? ""] where !extra.isEmpty && !options.contains(extra) {
            options.append(extra)
        }
        form.choice(
            name, say(name), options: [("", none)] + options.map { ($0, words($0)) }, value: value(name),
            help: help)
    }

    private func words(_ spans: String) -> String {
        messages.list(
            spans.split(separator: " ").map { CalendarSpan(String($0))?.words(messages) ?? String($0) })
    }

    private func value(_ name: String) -> String { values[name] ?? "" }
    private func say(_ key: String) -> String { messages("ask-rules.\(key)") }

    private var eventHelp: String {
        let known =
            events.isEmpty
            ? "" : " " + messages("ask-rules.event.known", ["events": .string(messages.list(events))])
        return messages("ask-rules.event.help") + known
    }
}
