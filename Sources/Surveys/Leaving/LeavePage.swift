import Kernel
import Language
import Web

/// The way out, as one customer finds it.
struct LeaveView: Sendable {
    let invitation: Invitation
    let address: PersonalAddress
    let sender: Sender
    /// In which they were asked, then which they speak, where that is known.
    let languages: [String]
    var hasLeft: Bool
}

/// "Shall we stop asking you?", and that it is done.
struct LeavePage {
    let view: LeaveView
    let messages: Messages

    var customerPage: CustomerPage {
        CustomerPage(
            template: "leave", model: model, sender: view.sender, languageTag: messages.language.tag,
            language: messages.language)
    }

    private var model: [String: Any] {
        let key = "leave.\(view.hasLeft ? "done" : "ask").\(view.invitation.channel.rawValue)"
        let heading = messages(key), language = messages.language.tag
        return [
            "title": heading, "heading": heading,
            "text": messages(key + ".text", ["sender": .string(view.sender.name)]),
            "form": view.hasLeft
                ? []
                : [
                    [
                        "decoy": view.address.decoyPath, "send": messages("leave.send"),
                        "action": "\(view.address.leavePath)?lang=\(language)",
                    ]
                ],
            "languages": [
                "options": ReaderLanguage.allCases.map { other -> [String: Any] in
                    [
                        "href": "\(view.address.leavePath)?lang=\(other.tag)", "code": other.tag,
                        "name": other.ownName, "current": other == messages.language,
                    ]
                }
            ],
        ]
    }
}
