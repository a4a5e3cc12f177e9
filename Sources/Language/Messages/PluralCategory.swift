/// The forms that a language has for a counted noun (Unicode CLDR, supplemental plurals).
enum PluralCategory: String, Sendable, CaseIterable {
    case one, few, many, other

    /// The form for `number` shown with `places` decimals.
    init(_ number: Double, places: Int = 0, in language: ReaderLanguage) {
        let shown = number.magnitude
        let isWhole = places == 0 && shown == shown.rounded() && shown < 1e15
        switch language {
        case .zhHans, .zhHant: self = .other
        case .en: self = isWhole && shown == 1 ? .one : .other
        case .pl: self = isWhole ? Self.polish(Int(shown)) : .other
        }
    }

    private static func polish(_ count: Int) -> PluralCategory {
        if count == 1 { return .one }
        let isFew = (2...4).contains(count % 10) && !(12...14).contains(count % 100)
        return isFew ? .few : .many
    }

    /// The forms that a complete message in `language` spells out.
    static func needed(in language: ReaderLanguage) -> Set<PluralCategory> {
        switch language {
        case .en: [.one, .other]
        case .pl: [.one, .few, .many, .other]
        case .zhHans, .zhHant: [.other]
        }
    }
}
