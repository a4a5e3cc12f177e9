import Formats
import Kernel
import Language
import Web

/// The editor of one survey: its form, what is wrong in it, its link and its preview.
struct SurveyEditorPage {
    let survey: Survey
    let form: SurveyForm
    let messages: Messages
    let link: String
    let mayWrite: Bool
    /// What is wrong, by JSON Pointer.
    var problems: [String: String] = [:]
    /// True while the form holds what is not saved.
    var isChanged = false

    private func shown(_ pointer: String) -> [String] { AnswerPage.shown(problems[pointer]) }
    /// The first thing wrong at a place or anywhere below it.
    private func shown(under pointer: String) -> [String] {
        shown(pointer).isEmpty
            ? AnswerPage.shown(
                problems.filter { $0.key.hasPrefix(pointer + "/") }.min { $0.key < $1.key }?.value)
            : shown(pointer)
    }

    var model: [String: Any] { surroundings.merging(fields) { $1 } }

    private var surroundings: [String: Any] {
        let facts: [String: MessageValue] = [
            "metric": .string(messages("metric.\(survey.metric.rawValue)")),
            "scale": .string(messages("scale.\(survey.scale.rawValue)")), "version": .int(survey.version),
        ]
        return [
            "title": survey.name, "id": survey.id.description, "link": link, "path": "/s/\(survey.slug)",
            "mayWrite": mayWrite, "isOpen": survey.status == .open, "isClosed": survey.status == .closed,
            "isChanged": isChanged, "somethingWrong": !problems.isEmpty,
            "status": messages("surveys.status.\(survey.status.rawValue)"),
            "statusKind": survey.status == .open ? "good" : "closed",
            "facts": messages("surveys.facts", facts),
        ]
    }

    private var fields: [String: Any] {
        var fields: [String: Any] = [
            "name": form.name, "nameError": shown("/name"), "languagesError": shown(under: "/languages"),
            "textsError": shown(under: "/texts"), "languages": languages,
            "moreLanguages": foreignLanguages.joined(separator: ", "),
            "styles": SurveyNewPage.styles(messages, chosen: form.style), "count": form.questions.count,
        ]
        fields["methods"] = survey.scale == .npsSigned ? [["options": methods]] : []
        fields["texts"] = form.languages.map(texts(in:))
        fields["questions"] = form.questions.enumerated().map { question($0.element, at: $0.offset) }
        fields["kinds"] = Question.Kind.allCases.map { kind -> [String: Any] in
            ["value": kind.rawValue, "label": messages("surveys.kind.\(kind.rawValue)")]
        }
        fields["previews"] = form.languages.map { tag -> [String: Any] in
            // The preview opens in the reader's language, as the answer page would.
            ["tag": tag, "name": ReaderLanguage.ownName(of: tag), "chosen": tag == messages.language.tag]
        }
        return fields
    }

    private var foreignLanguages: [String] {
        form.languages.filter { tag in !ReaderLanguage.allCases.contains { $0.tag == tag } }
    }

    private var languages: [[String: Any]] {
        ReaderLanguage.allCases.map { language in
            [
                "tag": language.tag, "name": language.ownName,
                "chosen": form.languages.contains(language.tag),
            ]
        }
    }

    private var methods: [[String: Any]] {
        Survey.Method.allCases.map { method in
            [
                "value": method.rawValue, "label": messages("surveys.method.\(method.rawValue)"),
                "chosen": form.method == method.rawValue,
            ]
        }
    }

    /// The sender's own words in one language; where there are none, the product's stand as a placeholder.
    private func texts(in tag: String) -> [String: Any] {
        [
            "name": ReaderLanguage.ownName(of: tag), "tag": tag,
            "groups": SurveyText.groups.map { group -> [String: Any] in
                [
                    "heading": messages("surveys.texts.\(group.name)"),
                    "texts": group.texts.map { words($0, in: tag) },
                ]
            },
        ]
    }

    private func words(_ text: SurveyText, in tag: String) -> [String: Any] {
        let product = Messages.of(ReaderLanguage(tag: tag) ?? .en)
        return [
            "name": "text.\(text.rawValue).\(tag)", "label": messages("surveys.text.\(text.rawValue)"),
            "value": form.texts[text.rawValue]?[tag] ?? "",
            "placeholder": product(AnswerPage.ownKey(of: text, for: survey.metric)), "tag": tag,
            "error": shown("/texts/\(text.rawValue)/\(tag)"),
        ]
    }

    /// What a folded question asks, in the first language that says it.
    private func about(_ draft: SurveyForm.Draft) -> String {
        form.languages.lazy.compactMap { draft.text[$0] }.first { !$0.isEmpty } ?? ""
    }

    private func question(_ draft: SurveyForm.Draft, at index: Int) -> [String: Any] {
        let pointer = "/questions/\(index)"
        let isWrong = problems.keys.contains { $0.hasPrefix(pointer + "/") }
        return [
            "index": index, "number": index + 1, "key": draft.key, "required": draft.isRequired,
            "kind": draft.kind.rawValue, "kindLabel": messages("surveys.kind.\(draft.kind.rawValue)"),
            "heading": messages("surveys.question", ["number": .int(index + 1)]),
            "keyError": shown("\(pointer)/key"), "textError": shown(under: "\(pointer)/text"),
            "optionsError": shown(under: "\(pointer)/options"), "isFirst": index == 0,
            "isLast": index == form.questions.count - 1, "about": about(draft),
            "isOpen": isWrong || draft.key.isEmpty,
            "known": draft.known.map { "\($0.key)=\($0.text)" },
            "texts": form.languages.map { tag -> [String: Any] in
                [
                    "name": "q\(index).text.\(tag)", "language": ReaderLanguage.ownName(of: tag), "tag": tag,
                    "value": draft.text[tag] ?? "",
                ]
            },
            "options": draft.kind.hasOptions
                ? form.languages.map { tag -> [String: Any] in
                    [
                        "name": "q\(index).options.\(tag)", "language": ReaderLanguage.ownName(of: tag),
                        "tag": tag,
                        "value": draft.options[tag] ?? "",
                    ]
                } : [],
        ]
    }
}
