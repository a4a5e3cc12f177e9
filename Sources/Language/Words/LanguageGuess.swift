/// Which of our languages a comment is written in, by its script, its letters and its small words.
package enum LanguageGuess {
    /// `nil` where nothing tells: no letters, or a script of none of our languages. `prior`, the language of
    /// the survey say, decides where the text leaves two open.
    package static func of(_ text: String, prior: ReaderLanguage? = nil) -> ReaderLanguage? {
        var han = 0, latin = 0, other = 0, simplified = 0, traditional = 0, polish = 0
        for unit in text.utf16 {
            if HanScript.contains(unit) {
                han += 1
                if HanScript.isTraditionalOnly(unit) { traditional += 1 }
                if HanScript.isSimplifiedOnly(unit) { simplified += 1 }
            } else if (0xDC00..<0xE000).contains(unit) {
                continue
            } else if case .letter = Letter(unit) {
                if unit < 0x250 { latin += 1 } else { other += 1 }
                if polishLetters.contains(unit) { polish += 1 }
            }
        }
        // A Chinese character says about as much as two or three letters.
        if han > 0, han * 2 >= latin, han > other {
            if simplified == traditional { return prior == .zhHant ? .zhHant : .zhHans }
            return traditional > simplified ? .zhHant : .zhHans
        }
        guard latin > other else { return nil }
        if polish > 0 { return .pl }
        let lean = lean(of: text)
        if lean == 0 { return prior == .pl ? .pl : .en }
        return lean > 0 ? .pl : .en
    }

    private static let polishLetters = Set("ąćęłńśźżĄĆĘŁŃŚŹŻ".utf16)

    /// Above 0 for Polish written without its accents, below for English.
    private static func lean(of text: String) -> Int {
        Words.cut(text, .en).prefix(200).reduce(0) { lean, word in
            if englishSmall.contains(word) { return lean - 6 }
            if polishSmall.contains(word) { return lean + 6 }
            let letters = Array(word.utf8)
            return zip(letters, letters.dropFirst()).reduce(lean) { $0 + pairs[index($1.0, $1.1)] }
        }
    }

    /// Small words as they are typed in haste, and words of every second comment.
    private static let polishSmall = StopWords.polish.subtracting(StopWords.english).subtracting(["im"])
        .union([
            "nie", "sie", "ze", "juz", "tez", "byl", "byla", "bylo", "dobrze", "dobra", "dobry", "polecam",
            "obsluga",
            "brak", "dlugo", "drogo", "szybko", "szkoda", "zle", "zly",
        ])

    private static let englishSmall = StopWords.english.union([
        "not", "no", "never", "good", "bad", "great", "nice", "price", "slow", "fast", "service", "works",
        "ok",
    ])

    /// How much each pair of neighbouring letters speaks for Polish, above 0, or for English.
    private static let pairs: [Int] = {
        var pairs = [Int](repeating: 0, count: 1024)
        func lean(_ list: String, by weight: Int) {
            for pair in list.split(separator: " ") {
                let letters = Array(pair.utf8)
                pairs[index(letters[0], letters[1])] += weight
            }
        }
        for letter in "abcdefghijklmnopqrstuvwxyz".utf8 {
            for foreign in "qvx".utf8 { pairs[index(foreign, letter)] -= 3 }
            for frequent in "zjk".utf8 { pairs[index(frequent, letter)] += 1 }
        }
        lean(
            "sz cz rz dz zy zw wy wn kt ej aj uj oj ym yc zk zn mi ni pr rd ow wi ia iu eg dn dl sp",
            by: 2)
        lean(
            "th ee oo ea ou ng ck sh gh ly er ed ff ll al ti io he wh ay nk tt nn ct bl or us un ur ju ke ki",
            by: -2)
        lean("ie ze ko ka ch za po pi na ro re", by: 1)
        lean("ab el te ic ce so an ri fu lo in is it at en es ss re pe om de", by: -1)
        return pairs
    }()

    private static func index(_ first: UInt8, _ second: UInt8) -> Int {
        Int(first & 31) << 5 | Int(second & 31)
    }
}
