import Formats
package import Kernel

/// Everything that the product says in one language: `messages("count.cases", ["count": 3])`.
///
/// The texts stand in the catalogs, `Catalogs/<language>/<area>.json`, and are parsed once for the process.
/// What a language lacks is said in English, a key that nobody knows as itself. Tests allow neither.
package struct Messages: Sendable {
    package let language: ReaderLanguage
    private let patterns: [String: MessagePattern]

    package static func of(_ language: ReaderLanguage) -> Messages {
        switch language {
        case .en: english
        case .zhHans: simplified
        case .zhHant: traditional
        case .pl: polish
        }
    }

    private static let english = Messages(catalogsOf: .en)
    private static let simplified = Messages(catalogsOf: .zhHans)
    private static let traditional = Messages(catalogsOf: .zhHant)
    private static let polish = Messages(catalogsOf: .pl)

    package func callAsFunction(_ key: String, _ values: [String: MessageValue] = [:]) -> String {
        if let pattern = patterns[key] { return pattern.fill(values, in: self) }
        return language == .en ? key : Self.english(key, values)
    }

    package func has(_ key: String) -> Bool { patterns[key] != nil }

    package var keys: [String] { patterns.keys.sorted() }
}

extension Messages {
    /// An attribute's name as a heading: in the reader's words where it is a usual one, else the account's
    /// own,
    /// `contract_year` as `Contract year`.
    package func attribute(_ name: String) -> String {
        let key = "attribute." + name
        if has(key) { return self(key) }
        let words = name.replacing("_", with: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }

    /// Why the request failed, `problem.<code>`.
    package func sentence(_ error: DomainError) -> String {
        self("problem.\(error.code)", error.values.mapValues(MessageValue.string))
    }

    /// What is wrong with one field, `field.<code>`.
    package func sentence(_ field: DomainError.Field) -> String {
        self("field.\(field.code)", field.values.mapValues(MessageValue.string))
    }
}

extension Messages {
    /// A text that cannot be read is said as it stands.
    init(_ language: ReaderLanguage, texts: [String: String], over base: Messages? = nil) {
        self.language = language
        let own = texts.mapValues { (try? MessagePattern($0)) ?? MessagePattern(verbatim: $0) }
        patterns = (base?.patterns ?? [:]).merging(own) { _, new in new }
    }

    private init(catalogsOf language: ReaderLanguage) {
        let areas = Assets.under("catalogs/\(language.tag)/").map { Self.texts(in: $0) }
        self.init(
            language, texts: areas.reduce(into: [:]) { all, area in all.merge(area) { first, _ in first } })
    }

    /// A catalog that is no flat JSON object of strings is empty here and an error in the tests.
    private static func texts(in file: Assets.File) -> [String: String] {
        let members = (try? JSONValue(parsing: file.bytes))?.object?.members ?? []
        return Dictionary(members.map { ($0.key, $0.value.string ?? $0.key) }) { first, _ in first }
    }
}
