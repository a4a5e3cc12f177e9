import Formats
import Language

/// A survey's mail as a telephone and as a computer show it, in each of its languages.
struct LetterPreviewPage {
    let letter: InvitationLetter
    /// Of the reader, who need not speak the letter's language.
    let messages: Messages

    private static let widths = [320, 640]

    var model: [String: Any] {
        let survey = letter.survey
        return [
            "title": messages("letter.preview"), "name": survey.name, "survey": "/surveys/\(survey.id)",
            "tag": letter.tag, "subject": letter.subject, "preheader": letter.preheader,
            "text": letter.text, "offered": languages, "kinds": kinds,
            "frames": Self.widths.map { width -> [String: Any] in
                [
                    "width": width, "src": address("/html", tag: letter.tag, again: letter.isReminder),
                    "label": messages("letter.preview.width", ["width": .int(width)]),
                ]
            },
        ]
    }

    private var languages: [[String: Any]] {
        letter.survey.definition.languages.map { tag in
            [
                "tag": tag, "name": ReaderLanguage.ownName(of: tag), "current": tag == letter.tag,
                "href": address(tag: tag, again: letter.isReminder),
            ]
        }
    }

    private var kinds: [[String: Any]] {
        [false, true].map { again in
            [
                "label": messages(again ? "letter.preview.again" : "letter.preview.first"),
                "current": again == letter.isReminder, "href": address(tag: letter.tag, again: again),
            ]
        }
    }

    private func address(_ end: String = "", tag: String, again: Bool) -> String {
        let query = FormFields([("tag", tag)] + (again ? [("again", "yes")] : []))
        return "/surveys/\(letter.survey.id)/letter\(end)?\(query.encoded())"
    }
}
