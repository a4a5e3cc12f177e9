package import Formats
package import Kernel
package import Language

/// One form as the template `field` shows it: its fields in order, with what was typed and what is wrong
/// beside each.
///
/// Nothing typed is lost on an error, but a password never comes back.
package struct FormPage {
    private let messages: Messages
    private let typed: FormFields?
    private let faults: [String: String]
    /// What the template's section `fields` walks through.
    package private(set) var fields: [[String: Any]] = []

    /// `typed` and `error` are those of a form that was refused.
    package init(_ messages: Messages, typed: FormFields? = nil, error: DomainError? = nil) {
        self.messages = messages
        self.typed = typed
        faults = Dictionary(
            (error?.fields ?? []).map { (String($0.pointer.dropFirst()), messages.sentence($0)) },
            uniquingKeysWith: { first, _ in first })
    }

    package mutating func input(
        _ name: String, _ label: String, type: String = "text", value: String = "", help: String? = nil,
        autocomplete: String? = nil, required: Bool = true
    ) {
        var field = field(name, label, value: type == "password" ? "" : typed?[name] ?? value, help: help)
        field["isInput"] = true
        field["type"] = type
        field["autocomplete"] = autocomplete ?? false
        field["required"] = required
        fields.append(field)
    }

    package mutating func choice(
        _ name: String, _ label: String, options: [(value: String, label: String)], value: String,
        help: String? = nil
    ) {
        let chosen = typed?[name] ?? value
        var field = field(name, label, value: chosen, help: help)
        field["isSelect"] = true
        field["options"] = options.map { option -> [String: Any] in
            ["value": option.value, "label": option.label, "selected": option.value == chosen]
        }
        fields.append(field)
    }

    package mutating func area(_ name: String, _ label: String, value: String = "", help: String? = nil) {
        var field = field(name, label, value: typed?[name] ?? value, help: help)
        field["isArea"] = true
        fields.append(field)
    }

    /// The fields in rows, side by side where there is room: so many in each row, the last number from there
    /// on.
    package func rows(_ counts: Int...) -> [[String: Any]] {
        var (rows, rest, row) = ([[String: Any]](), fields[...], 0)
        while !rest.isEmpty {
            let count = max(1, counts[min(row, counts.count - 1)])
            rows.append(["fields": Array(rest.prefix(count))])
            rest = rest.dropFirst(count)
            row += 1
        }
        return rows
    }

    /// Every key that the template asks for: one that is missing would be looked for in the page around.
    private func field(_ name: String, _ label: String, value: String, help: String?) -> [String: Any] {
        [
            "name": name, "label": label, "value": value, "help": help ?? false,
            "error": faults[name] ?? false,
            "isInput": false, "isSelect": false, "isArea": false, "autocomplete": false, "required": false,
            "optional": false,
        ]
    }
}

extension FormPage {
    mutating func language(_ name: String, value: ReaderLanguage) {
        choice(
            name, messages("word.language"), options: ReaderLanguage.allCases.map { ($0.tag, $0.ownName) },
            value: value.tag)
    }

    mutating func timeZone(value: String) {
        choice(
            "time_zone", messages("accounts.field.time-zone"),
            options: Zone.names.map { ($0, $0.replacing("_", with: " ")) }, value: value,
            help: messages("accounts.field.time-zone.help"))
    }

    mutating func newPassword(_ name: String = "password") {
        input(
            name, messages("accounts.field.new-password"), type: "password",
            help: messages("accounts.field.new-password.help", ["min": .int(Password.shortest)]),
            autocomplete: "new-password")
    }
}
