import Formats
import Kernel
import Language
import Web

/// "Did we put it right?", and what was answered.
struct VerdictPage {
    let view: VerdictView
    let token: String
    let messages: Messages
    var typed: FormFields?
    var wrong: DomainError?

    var customerPage: CustomerPage {
        var page = CustomerPage(
            template: "verdict", model: model, sender: view.sender, languageTag: messages.language.tag,
            language: messages.language)
        page.isRefusal = wrong != nil
        return page
    }

    static func unknown(in messages: Messages) -> CustomerPage {
        CustomerPage(
            template: "verdict",
            model: [
                "title": messages("verdict.unknown"), "heading": messages("verdict.unknown"),
                "text": messages("verdict.unknown.text"), "form": [Any](),
                "said": [Any](),
                "languages": [Any](), "leave": [Any](),
            ], sender: .nobody, languageTag: messages.language.tag, language: messages.language)
    }

    private var model: [String: Any] {
        let key = view.isAsking ? "verdict.question" : "verdict.\(view.recovery.stage.rawValue)"
        return [
            "title": messages(key), "heading": messages(key), "text": messages(key + ".text"),
            "form": view.isAsking ? [form] : [], "said": said, "languages": languages, "leave": leave,
        ]
    }

    private var leave: [[String: Any]] {
        guard view.recovery.customer != nil else { return [] }
        return [
            [
                "href": "\(VerdictLink.leavePath(token))?lang=\(messages.language.tag)",
                "word": messages("link.leave"),
            ]
        ]
    }

    private var form: [String: Any] {
        let given = typed?["verdict"]
        let problems = wrong.map { Problem($0, messages).fieldDetails } ?? [:]
        return [
            "token": token, "round": view.recovery.round, "tag": messages.language.tag,
            "comment": typed?["comment"] ?? "",
            "options": RecoveryCase.Verdict.allCases.map { verdict -> [String: Any] in
                [
                    "value": verdict.rawValue, "label": messages("verdict.option.\(verdict.rawValue)"),
                    "chosen": given == verdict.rawValue,
                ]
            },
            "verdictError": problems["/verdict"].map { [$0] } ?? [],
            "commentError": problems["/comment"].map { [$0] } ?? [],
        ]
    }

    /// The customer's own word, said back to them; what others reported stays inside the house.
    private var said: [[String: Any]] {
        guard !view.isAsking, let said = view.said, said.isCustomersOwnWord else { return [] }
        return [
            [
                "verdict": messages(
                    "verdict.said",
                    ["verdict": .string(messages("verdict.option.\(said.verdict.rawValue)"))]),
                "comment": said.note.map { [$0] } ?? [],
            ]
        ]
    }

    private var languages: [String: Any] {
        [
            "options": ReaderLanguage.allCases.map { language -> [String: Any] in
                [
                    "href": "/v/\(token)?lang=\(language.tag)", "code": language.tag,
                    "name": language.ownName,
                    "current": language == messages.language,
                ]
            }
        ]
    }
}
