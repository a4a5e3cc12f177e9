import Customers
import Formats
package import Kernel
package import Web

/// What makes a survey, checked.
package struct SurveyInput: Equatable, Sendable {
    package var name: String
    package var slug: String?
    package var scale: Scale
    package var method: Survey.Method
    package var definition: SurveyDefinition

    /// Reads `{name, slug?, metric, scale?, method?, questions?, languages?, texts?, style?}`. Throws what
    /// is wrong.
    package init(_ input: JSONInput) throws(DomainError) {
        var input = input
        name = input.requiredText("name", 1...200)
        slug = input.text("slug", Slug.lengths)
        if let slug, !Slug.isValid(slug) { input.refuse("slug", "not-a-slug") }
        let metric: Metric? = input.choice("metric")
        if metric == nil, !input.problems.contains(where: { $0.pointer == "/metric" }) {
            input.refuse("metric", "missing")
        }
        let chosen: Scale? = input.choice("scale")
        if let chosen, let metric, chosen.metric != metric {
            input.refuse("scale", "scale-of-another-metric")
        }
        scale = chosen ?? (metric ?? .nps).usualScale
        method = input.choice("method") ?? .strict
        definition = SurveyDefinition()
        definition.change(by: &input)
        try input.finish()
    }

    package init(
        name: String, slug: String? = nil, scale: Scale, method: Survey.Method = .strict,
        definition: SurveyDefinition = SurveyDefinition()
    ) {
        self.name = name
        self.slug = slug
        self.scale = scale
        self.method = method
        self.definition = definition
    }
}

extension SurveyDefinition {
    /// Takes `questions`, `languages`, `texts` and `style` where they are given; what is wrong is kept in
    /// `input`.
    mutating func change(by input: inout JSONInput) {
        if let given = input.array("languages") { languages = Self.languages(given, &input) }
        if let given = input.array("questions") { questions = Self.questions(given, &input) }
        if let given = input.object("texts") {
            var given = given
            for key in SurveyText.allCases {
                if let text = LocalText(&given, key.rawValue) { texts[key] = text.isEmpty ? nil : text }
            }
            input.take(given.findings)
        }
        style = input.choice("style") ?? style
    }

    private static func languages(_ given: [JSONValue], _ input: inout JSONInput) -> [String] {
        var tags: [String] = []
        for (index, value) in given.enumerated() {
            guard let tag = value.string, CustomerInput.isLanguageTag(tag) else {
                input.refuse("languages", index, "not-a-language")
                continue
            }
            if tags.contains(tag) { input.refuse("languages", index, "duplicate") } else { tags.append(tag) }
        }
        if given.isEmpty { input.refuse("languages", "too-few", ["min": "1"]) }
        if given.count > mostLanguages {
            input.refuse("languages", "too-many", ["max": String(mostLanguages)])
        }
        return tags
    }

    private static func questions(_ given: [JSONValue], _ input: inout JSONInput) -> [Question] {
        if given.count > mostQuestions {
            input.refuse("questions", "too-many", ["max": String(mostQuestions)])
        }
        var questions: [Question] = []
        for (index, value) in given.prefix(mostQuestions).enumerated() {
            do {
                var item = try JSONInput(value, path: "/questions/\(index)")
                let question = Question(&item, besides: Set(questions.map(\.key)))
                input.take(item.findings)
                if let question { questions.append(question) }
            } catch { input.take(error.fields) }
        }
        return questions
    }
}

extension Question {
    /// Reads `{key, kind, text, options?, required?}`.
    init?(_ input: inout JSONInput, besides taken: Set<String>) {
        let key = input.requiredText("key", 1...64)
        if !key.isEmpty {
            if !Self.isKey(key) { input.refuse("key", "not-a-key") }
            if Self.reservedKeys.contains(key) { input.refuse("key", "reserved") }
            if taken.contains(key) { input.refuse("key", "duplicate") }
        }
        let kind: Kind? = input.choice("kind")
        if kind == nil, !input.problems.contains(where: { $0.pointer == input.pointer("kind") }) {
            input.refuse("kind", "missing")
        }
        let text = LocalText(&input, "text")
        if text?.isEmpty != false,
            !input.problems.contains(where: { $0.pointer.hasPrefix(input.pointer("text")) })
        {
            input.refuse("text", "missing")
        }
        let options = Self.options(&input, of: kind)
        let isRequired = input.bool("required") ?? false
        guard let kind, let text, input.problems.isEmpty else { return nil }
        self.init(key: key, kind: kind, text: text, options: options, isRequired: isRequired)
    }

    private static func options(_ input: inout JSONInput, of kind: Kind?) -> [Option] {
        let given = input.array("options") ?? []
        guard let kind, kind.hasOptions else {
            if kind != nil, !given.isEmpty { input.refuse("options", "no-options-here") }
            return []
        }
        if given.isEmpty, !input.problems.contains(where: { $0.pointer == input.pointer("options") }) {
            input.refuse("options", "too-few", ["min": "1"])
        }
        if given.count > mostOptions { input.refuse("options", "too-many", ["max": String(mostOptions)]) }
        var options: [Option] = []
        for (index, value) in given.prefix(mostOptions).enumerated() {
            do {
                var item = try JSONInput(value, path: input.pointer("options") + "/\(index)")
                let key = item.requiredText("key", 1...64)
                if !key.isEmpty, !isKey(key) { item.refuse("key", "not-a-key") }
                if options.contains(where: { $0.key == key }) { item.refuse("key", "duplicate") }
                let text = LocalText(&item, "text") ?? LocalText(["en": key])
                input.take(item.findings)
                options.append(Option(key: key, text: text))
            } catch { input.take(error.fields) }
        }
        return options
    }
}

extension LocalText {
    /// Reads `{"en": "…", "pl": "…"}`; `nil` where it is missing or no object.
    init?(_ input: inout JSONInput, _ key: String) {
        guard var texts = input.object(key) else { return nil }
        self.init()
        for tag in texts.keys {
            let text = texts.text(tag, 1...Question.longestText)
            if !CustomerInput.isLanguageTag(tag) { texts.refuse(tag, "not-a-language") }
            self[tag] = text
        }
        input.take(texts.findings)
    }
}

extension JSONInput {
    fileprivate mutating func refuse(_ key: String, _ index: Int, _ code: String) {
        take([DomainError.Field(pointer(key) + "/\(index)", code)])
    }
}
