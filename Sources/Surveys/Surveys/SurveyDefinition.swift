package import Formats
import Kernel
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
