import CICU

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

    /// What any language calls itself, by its tag: "العربية" for `ar`; the tag where nobody knows.
    package static func ownName(of tag: String) -> String {
        if let ours = ReaderLanguage(rawValue: tag) { return ours.ownName }
        guard tag.utf8.allSatisfy({ $0 < 0x80 }) else { return tag }
        return String(decoding: Folding.repeated(Array(tag.utf16), rapport_language_name), as: UTF16.self)
    }

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
