import Kernel
package import Language
package import Web

/// The way out, as one customer finds it.
package struct LeaveView: Sendable {
    let channel: Invitation.Channel
    /// Shows the page, and takes who posts to it off the list.
    let path: String
    /// Changes nothing.
    let decoyPath: String
    let sender: Sender
    /// In which they were asked, then which they speak, where that is known.
    package let languages: [String]
    package var hasLeft: Bool

    package init(
        channel: Invitation.Channel, path: String, decoyPath: String, sender: Sender, languages: [String],
        hasLeft: Bool
    ) {
        (self.channel, self.path, self.decoyPath) = (channel, path, decoyPath)
        (self.sender, self.languages, self.hasLeft) = (sender, languages, hasLeft)
    }
}

/// "Shall we stop asking you?", and that it is done.
package struct LeavePage {
    let view: LeaveView
    let messages: Messages

    package init(view: LeaveView, messages: Messages) { (self.view, self.messages) = (view, messages) }

    package var customerPage: CustomerPage {
        CustomerPage(
            template: "leave", model: model, sender: view.sender, languageTag: messages.language.tag,
            language: messages.language)
    }

    private var model: [String: Any] {
        let key = "leave.\(view.hasLeft ? "done" : "ask").\(view.channel.rawValue)"
        let heading = messages(key), language = messages.language.tag
        return [
            "title": heading, "heading": heading,
            "text": messages(key + ".text", ["sender": .string(view.sender.name)]),
            "form": view.hasLeft
                ? []
                : [
                    [
                        "decoy": view.decoyPath, "send": messages("leave.send"),
                        "action": "\(view.path)?lang=\(language)",
                    ]
                ],
            "languages": [
                "options": ReaderLanguage.allCases.map { other -> [String: Any] in
                    [
                        "href": "\(view.path)?lang=\(other.tag)", "code": other.tag,
                        "name": other.ownName, "current": other == messages.language,
                    ]
                }
            ],
        ]
    }
}
