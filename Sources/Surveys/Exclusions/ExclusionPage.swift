import Accounts
import Customers
import Formats
import Kernel
import Language
import Ledger
import Web

/// Who was left out of one wave or rule, and the form that leaves out one more.
struct ExclusionPage {
    let scope: Exclusion.Scope
    let survey: Survey
    /// The rule's name; `nil` of a wave.
    let rule: String?
    let exclusions: [Exclusion]
    let names: [Customer.ID: String]
    let team: ResponseTeam
    let messages: Messages
    let now: Timestamp
    let mayWrite: Bool
    /// Of a form that was refused.
    var typed: FormFields?
    var error: DomainError?

    private func say(_ key: String, _ values: [String: MessageValue] = [:]) -> String {
        messages("policy.exclusions.\(key)", values)
    }

    var model: [String: Any] {
        let path =
            switch scope {
            case .wave(let id): "/waves/\(id)"
            case .rule(let id): "/ask-rules/\(id)"
            }
        return [
            "title": say("title"), "what": rule ?? survey.name,
            "back": rule == nil ? "/surveys/\(survey.id)/invitations" : path,
            "action": path + "/exclusions", "fields": mayWrite ? fields : [], "mayWrite": mayWrite,
            "alert": AnswerPage.shown(alert), "help": say(rule == nil ? "help.wave" : "help.rule"),
            "exclusions": exclusions.map(entry), "hasExclusions": !exclusions.isEmpty,
        ]
    }

    private var alert: String? {
        guard let error, error.fields.isEmpty else { return nil }
        return messages.sentence(error)
    }

    private var fields: [[String: Any]] {
        let shown = error.map { error in
            DomainError.invalid(
                error.fields.map {
                    $0.pointer.hasPrefix("/customer")
                        ? DomainError.Field("/who", $0.code == "missing" ? "missing" : "not-found") : $0
                })
        }
        var form = FormPage(messages, typed: typed, error: shown)
        form.input("who", say("who"), help: say("who.help"), autocomplete: "off")
        form.choice(
            "reason", say("reason"),
            options: [("", say("reason.choose"))]
                + Exclusion.Reason.allCases.map { ($0.rawValue, say("reason.\($0.rawValue)")) },
            value: "")
        form.input("note", say("note"), help: say("note.help"), autocomplete: "off", required: false)
        return form.fields
    }

    private func entry(_ one: Exclusion) -> [String: Any] {
        var by = messages("customers.by.token")
        if case .member(let id) = one.excludedBy {
            by = team.name(of: Member.ID(id)) ?? messages("customers.by.member")
        }
        return [
            "name": one.customer.flatMap { names[$0] } ?? say("nobody"),
            "href": AnswerPage.shown(one.customer.map { "/customers/\($0)" }),
            "reason": say("reason.\(one.reason.rawValue)"), "note": AnswerPage.shown(one.note), "by": by,
            "at": one.createdAt.rfc3339, "when": messages.relative(one.createdAt, now: now),
            "lifted": AnswerPage.shown(
                one.liftedAt.map { say("lifted", ["when": .string(messages.relative($0, now: now))]) }),
            "lift": AnswerPage.shown(
                rule != nil && one.liftedAt == nil && mayWrite ? "/exclusions/\(one.id)/lifting" : nil),
        ]
    }
}

/// The page's form, as a program would say it.
struct ExclusionForm {
    let fields: FormFields

    /// What holds an @ is an address, everything else the account's own id.
    var body: JSONObject {
        let who = fields["who"]?.trimmed ?? ""
        var body: JSONObject = [
            "customer": .null, "reason": .text(value("reason")), "note": .text(value("note")),
        ]
        if !who.isEmpty {
            var customer: JSONObject = [:]
            customer.set(who.contains("@") ? "email" : "external_id", .string(who))
            body.set("customer", .object(customer))
        }
        return body
    }

    private func value(_ name: String) -> String? {
        fields[name].map(\.trimmed).flatMap { $0.isEmpty ? nil : $0 }
    }
}
