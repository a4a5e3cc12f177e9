import Accounts
import Formats
import Kernel
import Language
import Surveys

/// What can be done with a case by a form; the raw value ends the form's address.
enum CaseAction: String, Sendable, CaseIterable {
    case contacts, resolution, owner, closure, verdict
}

/// One form of a case's page: `case-form` shows it. Nothing typed is lost when it is refused.
struct CaseForm {
    /// What was sent and why it was refused.
    struct Refusal {
        let action: CaseAction
        let typed: FormFields
        let error: DomainError
    }

    let action: CaseAction
    let file: CaseFile
    let messages: Messages
    private let typed: FormFields?
    private let faults: [String: String]

    init(_ action: CaseAction, of file: CaseFile, _ messages: Messages, refusal: Refusal?) {
        self.action = action
        self.file = file
        self.messages = messages
        let refusal = refusal?.action == action ? refusal : nil
        typed = refusal?.typed
        faults = Dictionary(
            (refusal?.error.fields ?? []).map { (String($0.pointer.dropFirst()), messages.sentence($0)) },
            uniquingKeysWith: { first, _ in first })
    }

    var isRefused: Bool { typed != nil }

    var model: [String: Any] {
        [
            "action": "/cases/\(file.recovery.id)/\(action.rawValue)", "fields": fields,
            "submit": messages("cases.\(action.rawValue).submit"), "isDanger": action == .closure,
        ]
    }

    private var fields: [[String: Any]] {
        switch action {
        case .contacts:
            [
                choice(
                    "channel",
                    CaseContact.Way.allCases.map { ($0.rawValue, messages("channel.\($0.rawValue)")) }),
                choice(
                    "outcome",
                    CaseContact.Outcome.allCases.map { ($0.rawValue, messages("outcome.\($0.rawValue)")) }),
                note,
            ]
        case .resolution: [words("cause", file.causes), words("remedy", file.remedies), note]
        case .closure: [words("reason", file.reasons), note]
        case .verdict:
            [
                choice(
                    "verdict",
                    RecoveryCase.Verdict.allCases.map { ($0.rawValue, messages("verdict.\($0.rawValue)")) }),
                note,
            ]
        case .owner:
            [
                choice(
                    "member", file.people.filter(\.mayOwn).map { ($0.id.description, $0.name) },
                    chosen: file.recovery.owner?.description)
            ]
        }
    }

    private var note: [String: Any] {
        var field = field("note")
        field["isArea"] = true
        field["optional"] = true
        return field
    }

    private func words(_ name: String, _ known: [String]) -> [String: Any] {
        var field = field(name)
        field["isInput"] = true
        field["words"] = known
        return field
    }

    private func choice(_ name: String, _ options: [(value: String, label: String)], chosen: String? = nil)
        -> [String: Any]
    {
        let chosen = typed?[name] ?? chosen
        var field = field(name)
        field["isSelect"] = true
        // Nothing is chosen for anybody: a verdict that slips through ends a case.
        let blank: [(value: String, label: String)] = chosen == nil ? [("", messages("cases.choose"))] : []
        field["options"] = (blank + options).map { option -> [String: Any] in
            ["value": option.value, "label": option.label, "selected": option.value == chosen ?? ""]
        }
        return field
    }

    /// Every key that the template asks for: one that is missing would be looked for in the page around.
    private func field(_ name: String) -> [String: Any] {
        let key = "cases.\(action.rawValue).\(name)"
        return [
            "id": "\(action.rawValue)-\(name)", "name": name, "label": messages(key),
            "value": typed?[name] ?? "",
            "error": faults[name] ?? false,
            "help": messages.has(key + ".help") ? messages(key + ".help") : false,
            "isInput": false, "isSelect": false, "isArea": false, "optional": false, "words": [String](),
        ]
    }
}
