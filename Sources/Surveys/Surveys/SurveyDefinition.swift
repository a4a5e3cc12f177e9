package import Formats
import Kernel
import Synchronization
import Web

extension SurveyDefinition {
    /// As it is stored and as the API shows it.
    package var json: JSONObject {
        [
            "languages": .array(languages.map { .string($0) }),
            "style": .string(style.rawValue),
            "questions": .array(questions.map(\.json)),
            "texts": .object(
                JSONObject(
                    SurveyText.allCases.compactMap { key in texts[key].map { (key.rawValue, $0.json) } })),
        ]
    }

    /// Reads what `json` wrote. Throws for anything else.
    package init(stored text: String) throws {
        var input = try JSONInput(Array(text.utf8))
        self.init()
        change(by: &input)
        try input.finish()
    }

    /// The same, read once for each text: every answer asks for its survey.
    static func stored(as text: String) throws -> SurveyDefinition {
        if let known = known.withLock({ $0[text] }) { return known }
        let read = try SurveyDefinition(stored: text)
        known.withLock { known in
            if known.count >= mostKnown { known = [:] }
            known[text] = read
        }
        return read
    }

    private static let mostKnown = 1000
    private static let known = Mutex<[String: SurveyDefinition]>([:])
}

extension Question {
    var json: JSONValue {
        var object: JSONObject = ["key": .string(key), "kind": .string(kind.rawValue), "text": text.json]
        if kind.hasOptions {
            object.set("options", .array(options.map { ["key": .string($0.key), "text": $0.text.json] }))
        }
        object.set("required", .bool(isRequired))
        return .object(object)
    }
}

extension LocalText {
    var json: JSONValue {
        .object(JSONObject(byLanguage.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
    }
}
