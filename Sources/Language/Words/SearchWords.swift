/// How text is cut for full-text search, alike on every database: we cut, they only look up.
///
/// Letters are folded (case, width, accents, ł as l, Traditional as Simplified). A run of letters and digits
/// is one word. Chinese gives each character and each pair of neighbours: any part of a comment is asked for
/// by its pairs, so no dictionary is needed to find it.
package enum SearchWords {
    /// The words under which a text is found: distinct, in order, letters and digits only.
    package static func cut(_ text: String) -> [String] {
        var line = SearchLine()
        return line.words(of: text)
    }

    /// The words that a text must all have to be found by what somebody typed. Every part of a text finds the
    /// text.
    package static func asked(_ query: String) -> [String] {
        var line = SearchLine(asks: true)
        return line.words(of: query)
    }
}

/// Cuts one comment after another, in memory that is used again.
package struct SearchLine: Sendable {
    /// Longer runs are cut off here: nobody searches for them, and an index refuses longer ones.
    private static let longest = 64
    /// Nobody outside can choose words that share a slot.
    private static let seed = UInt64(bitPattern: Int64(Hasher().finalize()))

    /// A single Chinese character is asked for only where it stands alone.
    private let asks: Bool
    /// Folded letters in UTF-8, those that are part of no word left out.
    private var bytes: [UInt8] = []
    /// Distinct words, as places in `bytes`.
    private var words: [Range<Int>] = []
    /// Words by their hash: a place in `words` and one, 0 where none is.
    private var slots = [Int32](repeating: 0, count: 128)
    private var run = SearchLetters.Kind.other
    private var runStart = 0
    private var runLength = 0
    /// Where the characters of a Chinese run begin.
    private var characters: [Int] = []

    package init() { self.init(asks: false) }
    fileprivate init(asks: Bool) { self.asks = asks }

    /// The words of some texts, each once, with a blank between two; empty where there are none.
    package mutating func line(of texts: [String]) -> String {
        gather(texts)
        let length = words.reduce(0) { $0 + $1.count + 1 }
        return String(unsafeUninitializedCapacity: length) { line in
            var end = 0
            for word in words {
                if end > 0 {
                    line[end] = 0x20
                    end += 1
                }
                for place in word {
                    line[end] = bytes[place]
                    end += 1
                }
            }
            return end
        }
    }

    fileprivate mutating func words(of text: String) -> [String] {
        gather([text])
        return words.map { String(decoding: bytes[$0], as: UTF8.self) }
    }

    private mutating func gather(_ texts: [String]) {
        bytes.removeAll(keepingCapacity: true)
        words.removeAll(keepingCapacity: true)
        for index in slots.indices { slots[index] = 0 }
        for text in texts {
            take(text)
            endRun()
        }
    }
}

extension SearchLine {
    private mutating func take(_ text: String) {
        var text = text
        let isPlain = text.withUTF8 { utf8 in
            guard SearchLetters.arePlain(utf8) else { return false }
            var place = 0
            while place < utf8.count {
                let unit = SearchLetters.unit(of: utf8, at: &place)
                take(UInt32(SearchLetters.folded[unit]))
            }
            return true
        }
        if isPlain { return }
        let units = Folding.searchable(text)
        var place = 0
        while place < units.count {
            let unit = units[place]
            place += 1
            if UTF16.isLeadSurrogate(unit), place < units.count {
                let pair = 0x10000 + (UInt32(unit) - 0xD800) << 10 + (UInt32(units[place]) - 0xDC00)
                take(pair, HanScript.leads(unit) ? .han : .other)
                place += 1
            } else {
                take(UInt32(unit))
            }
        }
    }

    private mutating func take(_ letter: UInt32) { take(letter, SearchLetters.kinds[Int(letter)]) }

    private mutating func take(_ letter: UInt32, _ kind: SearchLetters.Kind) {
        if kind != run {
            endRun()
            (run, runStart) = (kind, bytes.count)
        }
        switch kind {
        case .other: return
        case .letter:
            if runLength == Self.longest { return }
            runLength += 1
        case .han: characters.append(bytes.count)
        }
        append(letter)
    }

    private mutating func append(_ letter: UInt32) {
        func tail(_ shift: UInt32) -> UInt8 { UInt8(0x80 | letter >> shift & 0x3F) }
        switch letter {
        case 0..<0x80: bytes.append(UInt8(letter))
        case 0x80..<0x800:
            bytes.append(UInt8(0xC0 | letter >> 6))
            bytes.append(tail(0))
        case 0x800..<0x10000:
            bytes.append(UInt8(0xE0 | letter >> 12))
            bytes.append(tail(6))
            bytes.append(tail(0))
        default:
            bytes.append(UInt8(0xF0 | letter >> 18))
            bytes.append(tail(12))
            bytes.append(tail(6))
            bytes.append(tail(0))
        }
    }

    private mutating func endRun() {
        switch run {
        case .other: return
        case .letter: add(runStart..<bytes.count)
        case .han:
            let count = characters.count
            characters.append(bytes.count)
            if !asks || count == 1 {
                for place in 0..<count { add(characters[place]..<characters[place + 1]) }
            }
            for place in 0..<count - 1 { add(characters[place]..<characters[place + 2]) }
            characters.removeAll(keepingCapacity: true)
        }
        (run, runLength) = (.other, 0)
    }

    private mutating func add(_ word: Range<Int>) {
        if words.count * 2 >= slots.count { grow() }
        var slot = slot(of: word)
        while slots[slot] > 0 {
            if isSame(words[Int(slots[slot]) - 1], word) { return }
            slot = (slot + 1) & (slots.count - 1)
        }
        words.append(word)
        slots[slot] = Int32(words.count)
    }

    private func slot(of word: Range<Int>) -> Int {
        var hash = Self.seed
        for place in word { hash = (hash ^ UInt64(bytes[place])) &* 0x9E37_79B9_7F4A_7C15 }
        return Int(truncatingIfNeeded: hash >> 33) & (slots.count - 1)
    }

    private func isSame(_ one: Range<Int>, _ other: Range<Int>) -> Bool {
        guard one.count == other.count else { return false }
        for step in 0..<one.count where bytes[one.lowerBound + step] != bytes[other.lowerBound + step] {
            return false
        }
        return true
    }

    private mutating func grow() {
        slots = [Int32](repeating: 0, count: slots.count * 2)
        for (place, word) in words.enumerated() {
            var slot = slot(of: word)
            while slots[slot] > 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Int32(place + 1)
        }
    }
}
