import Formats
import Kernel
import Language
import Web

/// The editor's form: plain fields that hold a whole definition, so that adding, moving and removing work
/// without script. What is sent is read by the rules of the API.
struct SurveyForm: Sendable {
    /// What the pressed button asks for.
    enum Command: Equatable, Sendable {
        case save, preview
        case add(Question.Kind)
        case remove(Int), moveUp(Int), moveDown(Int)

        init(_ text: String?) {
            let parts = (text ?? "save").split(separator: "-", maxSplits: 1).map(String.init)
            let index = parts.count > 1 ? Int(parts[1]) : nil
            switch (parts.first, index) {
            case ("preview", _): self = .preview
            case ("add", _): self = .add(parts.count > 1 ? Question.Kind(rawValue: parts[1]) ?? .text : .text)
            case ("remove", let index?): self = .remove(index)
            case ("up", let index?): self = .moveUp(index)
            case ("down", let index?): self = .moveDown(index)
            default: self = .save
            }
        }
    }

    /// A question as it stands in the form, right or wrong.
    struct Draft: Equatable, Sendable {
        var key: String
        var kind: Question.Kind
        var isRequired: Bool
        /// By language tag.
        var text: [String: String]
        /// By language tag, an option on each line.
        var options: [String: String]
        /// Keys of the options with the text that each had when the page was made: an option that is moved or
        /// reworded keeps its key, so that its answers stay together.
        var known: [KnownOption]
    }

    struct KnownOption: Equatable, Sendable {
        let key: String
        let text: String
    }

    var name: String
    var languages: [String]
    var style: String
    var method: String
    /// By name of the text, then by language tag.
    var texts: [String: [String: String]]
    var questions: [Draft]
    let command: Command

    init(_ survey: Survey) {
        let definition = survey.definition
        name = survey.name
        languages = definition.languages
        style = definition.style.rawValue
        method = survey.method.rawValue
        texts = Dictionary(
            definition.texts.map { ($0.key.rawValue, $0.value.byLanguage) },
            uniquingKeysWith: { first, _ in first })
        questions = definition.questions.map { Draft($0, in: definition.languages) }
        command = .save
    }

    init(_ fields: FormFields) {
        name = fields["name"] ?? ""
        var tags: [String] = []
        for tag in fields.all("languages")
            + (fields["more_languages"] ?? "").split(separator: ",").map(\.description.trimmed)
        where !tag.isEmpty && !tags.contains(tag) { tags.append(tag) }
        languages = tags
        style = fields["style"] ?? SurveyDefinition.Style.neutral.rawValue
        method = fields["method"] ?? Survey.Method.strict.rawValue
        texts = [:]
        for key in SurveyText.allCases {
            for tag in tags {
                if let text = fields["text.\(key.rawValue).\(tag)"]?.trimmed, !text.isEmpty {
                    texts[key.rawValue, default: [:]][tag] = text
                }
            }
        }
        let count = min(fields["questions"].flatMap { Int($0) } ?? 0, SurveyDefinition.mostQuestions)
        questions = (0..<max(0, count)).map { Draft(fields, at: $0, in: tags) }
        command = Command(fields["do"])
    }

    /// The form after an adding, removing or moving button.
    func carriedOut() -> SurveyForm {
        var form = self
        switch command {
        case .add(let kind): form.questions.append(.empty(kind, besides: questions.map(\.key)))
        case .remove(let index) where questions.indices.contains(index): form.questions.remove(at: index)
        case .moveUp(let index) where index > 0 && questions.indices.contains(index):
            form.questions.swapAt(index, index - 1)
        case .moveDown(let index) where index >= 0 && questions.indices.contains(index + 1):
            form.questions.swapAt(index, index + 1)
        default: break
        }
        return form
    }

    /// As the API would have got it.
    var body: JSONObject {
        [
            "name": .string(name), "style": .string(style), "method": .string(method),
            "languages": .array(languages.map { .string($0) }),
            "texts": .object(
                JSONObject(
                    SurveyText.allCases.map(\.rawValue).map { ($0, Self.json(texts[$0] ?? [:])) })),
            "questions": .array(questions.map { $0.json(in: languages) }),
        ]
    }

    static func json(_ texts: [String: String]) -> JSONValue {
        .object(JSONObject(texts.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
    }
}

extension SurveyForm.Draft {
    init(_ question: Question, in languages: [String]) {
        key = question.key
        kind = question.kind
        isRequired = question.isRequired
        text = question.text.byLanguage
        known = question.options.map { option in
            .init(key: option.key, text: languages.lazy.compactMap { option.text[$0] }.first ?? "")
        }
        options = Dictionary(
            languages.map { tag in
                (tag, question.options.map { $0.text[tag] ?? "" }.joined(separator: "\n"))
            }, uniquingKeysWith: { first, _ in first }
        ).filter { !$0.value.allSatisfy(\.isNewline) }
    }

    init(_ fields: FormFields, at index: Int, in languages: [String]) {
        key = fields["q\(index).key"]?.trimmed ?? ""
        kind = fields["q\(index).kind"].flatMap(Question.Kind.init) ?? .text
        isRequired = fields["q\(index).required"] != nil
        known = fields.all("q\(index).option").map { text in
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return .init(key: String(parts[0]), text: parts.count > 1 ? String(parts[1]) : "")
        }
        (text, options) = ([:], [:])
        for tag in languages {
            if let said = fields["q\(index).text.\(tag)"]?.trimmed, !said.isEmpty { text[tag] = said }
            if let lines = fields["q\(index).options.\(tag)"], !lines.trimmed.isEmpty { options[tag] = lines }
        }
    }

    static func empty(_ kind: Question.Kind, besides keys: [String]) -> Self {
        let key = (1...).lazy.map { "q\($0)" }.first { !keys.contains($0) } ?? "q"
        return Self(key: key, kind: kind, isRequired: false, text: [:], options: [:], known: [])
    }

    func json(in languages: [String]) -> JSONValue {
        var object: JSONObject = [
            "key": .string(key), "kind": .string(kind.rawValue), "text": SurveyForm.json(text),
            "required": .bool(isRequired),
        ]
        if kind.hasOptions { object.set("options", .array(optionsJSON(in: languages))) }
        return .object(object)
    }

    private func optionsJSON(in languages: [String]) -> [JSONValue] {
        let lines = options.mapValues { text in
            text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map {
                String($0).trimmed
            }
        }
        let first = languages.lazy.compactMap { lines[$0] }.first ?? []
        let count = lines.values.map(\.count).max() ?? 0
        let keys = Self.keys(
            of: first + Array(repeating: "", count: count - first.count), known: known)
        return keys.indices.compactMap { index in
            let said = lines.compactMapValues {
                $0.indices.contains(index) && !$0[index].isEmpty ? $0[index] : nil
            }
            return said.isEmpty ? nil : ["key": .string(keys[index]), "text": SurveyForm.json(said)]
        }
    }

    /// A line with a text that is known keeps its key wherever it stands now; a new text in the place of
    /// one that is gone is the same option reworded; every other is new.
    static func keys(of lines: [String], known: [SurveyForm.KnownOption]) -> [String] {
        var keys: [String?] = lines.map { line in known.first { $0.text == line }?.key }
        var taken = Set(known.map(\.key))
        for index in lines.indices where keys[index] == nil {
            if known.indices.contains(index), !lines.contains(known[index].text) {
                keys[index] = known[index].key
            } else {
                keys[index] = (1...).lazy.map { "o\($0)" }.first { !taken.contains($0) }
                taken.formUnion(keys[index].map { [$0] } ?? [])
            }
        }
        return keys.compactMap(\.self)
    }
}
