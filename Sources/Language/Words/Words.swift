/// The words of a comment, as an analysis of what people say counts them.
package enum Words {
    /// In order and with repeats; case and width folded, accents kept, numbers left out. Chinese is cut by
    /// ICU's dictionary; elsewhere a word is a run of letters and digits with a letter in it, apostrophes
    /// inside kept.
    package static func cut(_ text: String, _ language: ReaderLanguage) -> [String] {
        let units = Folding.cased(text)
        guard language == .zhHans || language == .zhHant else { return runs(units[...]) }
        return WordCutter.cut(units).flatMap { word -> [String] in
            let slice = units[word.range]
            if word.isNumber { return [] }
            return HanScript.contains(slice[slice.startIndex])
                ? [String(decoding: slice, as: UTF16.self)] : runs(slice)
        }
    }

    private static func runs(_ units: ArraySlice<UInt16>) -> [String] {
        var words: [String] = []
        var word: [UInt16] = []
        var hasLetter = false
        func finish() {
            if word.last == 0x27 { word.removeLast() }
            if hasLetter { words.append(String(decoding: word, as: UTF16.self)) }
            word.removeAll(keepingCapacity: true)
            hasLetter = false
        }
        for unit in units {
            switch Letter(unit) {
            case .letter:
                hasLetter = true
                word.append(unit)
            case .digit: word.append(unit)
            case .apostrophe where hasLetter && word.last != 0x27: word.append(0x27)
            case .apostrophe, .other: finish()
            }
        }
        finish()
        return words
    }
}

/// What one UTF-16 unit is to a word.
enum Letter {
    case letter, digit, apostrophe, other

    init(_ unit: UInt16) {
        switch unit {
        case 0x61...0x7A, 0x41...0x5A: self = .letter
        case 0x30...0x39: self = .digit
        case 0x27, 0x2019: self = .apostrophe
        case 0..<0x80: self = .other
        default:
            let isLetter = Unicode.Scalar(unit)?.properties.isAlphabetic ?? false
            self = isLetter ? .letter : .other
        }
    }
}
