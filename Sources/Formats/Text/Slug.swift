/// The readable end of a public address: 3 to 64 of `a-z`, `0-9` and `-`.
package enum Slug {
    package static let lengths = 3...64

    package static func isValid(_ text: String) -> Bool {
        lengths.contains(text.utf8.count)
            && text.utf8.allSatisfy { isPlain($0) || $0 == UInt8(ascii: "-") }
    }

    /// A slug for a name: Latin letters lose their marks, all else becomes a hyphen. `nil` where fewer than
    /// three characters are left, as with a name in Chinese alone.
    package static func make(from name: String) -> String? {
        var slug: [UInt8] = []
        for character in name.lowercased() {
            let letters = plainLetters(character)
            if !letters.isEmpty {
                slug += letters
            } else if slug.last != UInt8(ascii: "-"), !slug.isEmpty {
                slug.append(UInt8(ascii: "-"))
            }
        }
        slug = Array(slug.prefix(lengths.upperBound))
        while slug.last == UInt8(ascii: "-") { slug.removeLast() }
        return slug.count >= lengths.lowerBound ? String(decoding: slug, as: UTF8.self) : nil
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func plainLetters(_ character: Character) -> [UInt8] {
        let narrow = character.unicodeScalars.map(\.halfWidth).text
        if let first = narrow.utf8.first, isPlain(first) { return [first] }
        return folded[Character(narrow)].map { Array($0.utf8) } ?? []
    }

    private static let folded: [Character: String] = {
        let marked: [(String, String)] = [
            ("a", "àáâãäåāăąǎ"), ("c", "çćĉċč"), ("d", "ďđð"), ("e", "èéêëēĕėęě"), ("g", "ĝğġģ"), ("h", "ĥħ"),
            ("i", "ìíîïĩīĭįıǐ"), ("j", "ĵ"), ("k", "ķ"), ("l", "ĺļľŀł"), ("n", "ñńņňŉ"), ("o", "òóôõöøōŏőǒ"),
            ("r", "ŕŗř"), ("s", "śŝşšș"), ("t", "ţťŧț"), ("u", "ùúûüũūŭůűųǔ"), ("w", "ŵ"), ("y", "ýÿŷ"),
            ("z", "źżž"), ("ss", "ß"), ("ae", "æ"), ("oe", "œ"), ("th", "þ"),
        ]
        return marked.reduce(into: [:]) { table, row in
            for letter in row.1 { table[letter] = row.0 }
        }
    }()
}
