/// How text is cut for full-text search, alike on every database: we cut, they only look up.
///
/// Letters are folded (case, width, accents, ł as l, Traditional as Simplified). A run of letters and digits
/// is one word. Chinese gives ICU's words, each character and each pair of neighbours, so that any part of a
/// comment, however the dictionary would cut it there, is found.
package enum SearchWords {
    /// Longer runs are cut off here: nobody searches for them, and an index refuses longer ones.
    private static let longest = 64

    /// The words under which a text is found: distinct, in order, letters and digits only.
    package static func cut(_ text: String) -> [String] {
        if let words = plainWords(of: text) { return words }
        return distinct { add in
            forEachRun(of: text) { run, isHan in
                guard isHan else { return add(run.prefix(longest)) }
                let characters = Self.characters(of: run)
                characters.forEach { add(run[$0]) }
                pairs(of: characters).forEach { add(run[$0]) }
                if characters.count > 2 {
                    for word in WordCutter.cut(Array(run)) where word.range.count <= longest {
                        add(
                            run[
                                word.range.lowerBound + run.startIndex..<word.range.upperBound
                                    + run.startIndex])
                    }
                }
            }
        }
    }

    /// The same for a text of ASCII alone, where only capitals and signs need a look; `nil` for another.
    private static func plainWords(of text: String) -> [String]? {
        guard text.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        var words: [String] = []
        var seen: Set<String> = []
        var word: [UInt8] = []
        word.reserveCapacity(longest)
        func end() {
            if word.isEmpty { return }
            let text = String(decoding: word.prefix(longest), as: UTF8.self)
            word.removeAll(keepingCapacity: true)
            // A few are sooner looked through than hashed.
            if words.count < 16 {
                if words.contains(text) { return }
            } else {
                if seen.isEmpty { seen = Set(words) }
                guard seen.insert(text).inserted else { return }
            }
            words.append(text)
        }
        for byte in text.utf8 {
            switch byte {
            case 0x61...0x7A, 0x30...0x39: word.append(byte)
            case 0x41...0x5A: word.append(byte + 0x20)
            default: end()
            }
        }
        end()
        return words
    }

    /// The words that a text must all have to be found by what somebody typed. Every part of a text finds the
    /// text.
    package static func asked(_ query: String) -> [String] {
        distinct { add in
            forEachRun(of: query) { run, isHan in
                guard isHan else { return add(run.prefix(longest)) }
                let characters = Self.characters(of: run)
                if characters.count == 1 { add(run) }
                pairs(of: characters).forEach { add(run[$0]) }
            }
        }
    }

    private static func distinct(_ collect: ((ArraySlice<UInt16>) -> Void) -> Void) -> [String] {
        var seen: Set<String> = []
        var words: [String] = []
        collect { units in
            let word = String(decoding: units, as: UTF16.self)
            if seen.insert(word).inserted { words.append(word) }
        }
        return words
    }

    /// Runs of Han characters, and runs of other letters and digits.
    private static func forEachRun(of text: String, _ body: (ArraySlice<UInt16>, Bool) -> Void) {
        let units = Folding.searchable(text)
        var start = 0
        var kind: Bool?
        for index in 0...units.count {
            let next = index < units.count ? isHan(units, index) : nil
            guard next != kind || index == units.count else { continue }
            if let kind { body(units[start..<index], kind) }
            start = index
            kind = next
        }
    }

    /// `nil` for what is no part of a word.
    private static func isHan(_ units: [UInt16], _ index: Int) -> Bool? {
        let unit = units[index]
        if HanScript.contains(unit) { return true }
        if (0xDC00..<0xE000).contains(unit) {
            return index > 0 && HanScript.leads(units[index - 1]) ? true : nil
        }
        switch Letter(unit) {
        case .letter, .digit: return false
        case .apostrophe, .other: return nil
        }
    }

    private static func characters(of run: ArraySlice<UInt16>) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var index = run.startIndex
        while index < run.endIndex {
            let next = min(run.endIndex, index + (HanScript.leads(run[index]) ? 2 : 1))
            ranges.append(index..<next)
            index = next
        }
        return ranges
    }

    private static func pairs(of characters: [Range<Int>]) -> [Range<Int>] {
        zip(characters, characters.dropFirst()).map { $0.lowerBound..<$1.upperBound }
    }
}
