/// Guesses the encoding of a file from a part of it.
///
/// UTF-8 first, by its grammar: no other text looks like it by chance. Else the encoding in which the text is
/// most plausible: frequent Han characters and their punctuation, or Polish letters inside words.
enum EncodingDetection {
    /// By a byte order mark at the beginning of the file.
    static func byMark(_ bytes: UnsafeBufferPointer<UInt8>) -> TextEncoding? {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return .utf8 }
        if bytes.starts(with: [0xFF, 0xFE]) { return .utf16LittleEndian }
        if bytes.starts(with: [0xFE, 0xFF]) { return .utf16BigEndian }
        return bytes.starts(with: [0x84, 0x31, 0x95, 0x33]) ? .gb18030 : nil
    }

    /// UTF-16 without a mark: zero bytes, as delimiters and digits have, all in the same half of the pairs.
    /// Holds only for bytes from the beginning of the file.
    static func byZeros(_ bytes: UnsafeBufferPointer<UInt8>) -> TextEncoding? {
        var even = 0, odd = 0
        for position in bytes.indices where bytes[position] == 0 {
            if position.isMultiple(of: 2) { even += 1 } else { odd += 1 }
        }
        guard max(even, odd) * 100 >= bytes.count, max(even, odd) > 10 * min(even, odd), max(even, odd) > 1
        else {
            return nil
        }
        return even > odd ? .utf16BigEndian : .utf16LittleEndian
    }

    /// By what stands beyond ASCII. UTF-8 where nothing does and where nothing is plausible: its rows with
    /// bad bytes are then refused, not guessed.
    static func byContent(_ bytes: UnsafeBufferPointer<UInt8>) -> TextEncoding {
        let (likely, unlikely, bad) = countUTF8(bytes)
        let isUTF8 = bad == 0 || bad * 3 <= likely + unlikely
        // A few frequent characters in GB18030 are, by chance, well-formed Cyrillic.
        let isChance = likely == 0 && unlikely < 16 && bad == 0 && HanPlausibility.gb18030.score(bytes) > 0.9
        if isUTF8 { return isChance ? .gb18030 : .utf8 }
        let candidates: [(TextEncoding, Double)] = [
            (.gb18030, HanPlausibility.gb18030.score(bytes)), (.big5, HanPlausibility.big5.score(bytes)),
            (.windows1250, PolishPlausibility.score(bytes)),
        ]
        guard let best = candidates.max(by: { $0.1 < $1.1 }), best.1 > 0 else { return .utf8 }
        return best.0
    }

    /// `unlikely` are letters of two bytes beyond the Latin ones.
    private static func countUTF8(
        _ bytes: UnsafeBufferPointer<UInt8>
    ) -> (likely: Int, unlikely: Int, bad: Int) {
        var likely = 0, unlikely = 0, bad = 0
        var position = 0
        while position < bytes.count {
            switch UTF8Check.sequence(in: bytes, at: position) {
            case .valid(let length):
                if length == 2, bytes[position] > 0xC5 { unlikely += 1 } else if length > 1 { likely += 1 }
                position += length
            case .invalid:
                bad += 1
                position += 1
            case .cut: return (likely, unlikely, bad)
            }
        }
        return (likely, unlikely, bad)
    }
}

/// How plausible bytes are in a double-byte encoding of Chinese: about 1 for a real text, below 0 for
/// another's.
struct HanPlausibility {
    static let gb18030 = HanPlausibility(
        frequent: FrequentHan.inGB18030, common: 0xB0A1...0xD7F9, marks: 0xA1A1...0xA3BF,
        unassigned: [0xA240...0xA2A0, 0xA340...0xA3A0, 0xA440...0xA7A0, 0xAAA1...0xAFFE, 0xF8A1...0xFEFE],
        lowTrails: 0x40...0x7E, highTrails: 0x80...0xFE, hasFourBytes: true)
    static let big5 = HanPlausibility(
        frequent: FrequentHan.inBig5, common: 0xA440...0xC67E, marks: 0xA140...0xA3BF, unassigned: [],
        lowTrails: 0x40...0x7E,
        highTrails: 0xA1...0xFE, hasFourBytes: false)

    let frequent: Set<UInt16>
    /// The standard's own first level: the characters in daily use.
    let common: ClosedRange<UInt16>
    let marks: ClosedRange<UInt16>
    /// Left to each user: in no real text.
    let unassigned: [ClosedRange<UInt16>]
    let lowTrails: ClosedRange<UInt8>
    let highTrails: ClosedRange<UInt8>
    let hasFourBytes: Bool

    func score(_ bytes: UnsafeBufferPointer<UInt8>) -> Double {
        var sum = 0.0, count = 0
        var position = 0
        while position < bytes.count {
            guard bytes[position] >= 0x80 else {
                position += 1
                continue
            }
            guard position + 1 < bytes.count else { break }
            let (worth, length) = character(bytes, at: position)
            sum += worth
            count += 1
            position += length
        }
        return count == 0 ? 0 : sum / Double(count)
    }

    private func character(
        _ bytes: UnsafeBufferPointer<UInt8>, at position: Int
    ) -> (worth: Double, length: Int) {
        let lead = bytes[position], trail = bytes[position + 1]
        guard (0x81...0xFE).contains(lead) else { return (-2, 1) }
        if hasFourBytes, (0x30...0x39).contains(trail), position + 3 < bytes.count,
            (0x81...0xFE).contains(bytes[position + 2]), (0x30...0x39).contains(bytes[position + 3])
        {
            return (-0.2, 4)
        }
        guard lowTrails.contains(trail) || highTrails.contains(trail) else { return (-2, 1) }
        let pair = UInt16(lead) << 8 | UInt16(trail)
        if frequent.contains(pair) { return (1, 2) }
        if unassigned.contains(where: { $0.contains(pair) }) { return (-1, 2) }
        if marks.contains(pair) { return (trail >= 0xA1 || !hasFourBytes ? 0.8 : -1, 2) }
        let isCommon = common.contains(pair) && (trail >= 0xA1 || !hasFourBytes)
        return (isCommon ? 0.3 : -0.5, 2)
    }
}

/// How plausible bytes are as Polish in windows-1250: letters with marks stand inside words of plain letters.
enum PolishPlausibility {
    private static let letters = Set(Transcoder.encode("ąćęłńóśźżĄĆĘŁŃÓŚŹŻ", as: .windows1250))
    private static let neighbours = Set(
        Transcoder.encode("áâäăçčďđéëěíîĺľňôöőřŕšşťţúůüűýžßÁÂÄĂÇČĎĐÉËĚÍÎĽŇÔÖŐŘŔŠŞŤŢÚŮÜŰÝŽ", as: .windows1250))
    private static let marks = Set(Transcoder.encode("„“”‘’‚–—…§©®°€«»•™\u{A0}", as: .windows1250))

    static func score(_ bytes: UnsafeBufferPointer<UInt8>) -> Double {
        var sum = 0.0, count = 0
        for position in bytes.indices where bytes[position] >= 0x80 {
            count += 1
            sum += worth(bytes, at: position)
        }
        return count == 0 ? 0 : sum / Double(count)
    }

    private static func worth(_ bytes: UnsafeBufferPointer<UInt8>, at position: Int) -> Double {
        let byte = bytes[position]
        if marks.contains(byte) { return 0.3 }
        let isPolish = letters.contains(byte)
        guard isPolish || neighbours.contains(byte) else { return -1 }
        guard touchesWord(bytes, at: position) else { return isPolish ? 0.2 : -0.5 }
        return isPolish ? 1 : 0.4
    }

    /// A plain letter stands next to it, or next to at most one more letter with a mark.
    private static func touchesWord(_ bytes: UnsafeBufferPointer<UInt8>, at position: Int) -> Bool {
        for step in [-1, 1] {
            for distance in 1...2 {
                let place = position + step * distance
                guard bytes.indices.contains(place) else { break }
                if isPlainLetter(bytes[place]) { return true }
                if !letters.contains(bytes[place]) { break }
            }
        }
        return false
    }

    private static func isPlainLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
