/// A language that the product speaks. The raw value is its BCP 47 tag.
package enum ReaderLanguage: String, Sendable, CaseIterable, Codable {
    case en
    case zhHans = "zh-Hans"
    case zhHant = "zh-Hant"
    case pl

    package var tag: String { rawValue }

    /// The value of `dir` in HTML. Pages ask, so that a language written from right to left is one line here.
    package var direction: String { "ltr" }

    /// Its name in itself: "polski", "繁體中文".
    package var ownName: String { Messages.of(self)("language.own.\(tag)") }

    /// The nearest language that we speak (RFC 4647 lookup): `pl-PL` is Polish, `zh-TW`, `zh-HK` and `zh-MO`
    /// are Traditional Chinese, any other `zh` is Simplified. `nil` for a language that we do not speak.
    package init?(tag: some StringProtocol) {
        let parts = tag.lowercased().split { $0 == "-" || $0 == "_" }
        switch parts.first {
        case "en": self = .en
        case "pl": self = .pl
        case "zh":
            let traditional: Set<Substring> = ["hant", "tw", "hk", "mo"]
            self = !parts.contains("hans") && parts.contains(where: traditional.contains) ? .zhHant : .zhHans
        default: return nil
        }
    }

    /// The first of the reader's languages, best first, that we speak.
    package static func first(of tags: some Sequence<String>) -> ReaderLanguage? {
        tags.lazy.compactMap { ReaderLanguage(tag: $0) }.first
    }
}
