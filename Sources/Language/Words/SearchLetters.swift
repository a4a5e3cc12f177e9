/// What search makes of each letter of the basic plane, looked up instead of asked of ICU.
enum SearchLetters {
    enum Kind: UInt8 { case other, letter, han }

    /// What a folded unit is to a word.
    static let kinds: [Kind] = (0...UInt16.max).map { unit in
        if HanScript.contains(unit) { return .han }
        return switch Letter(unit) {
        case .letter, .digit: .letter
        case .apostrophe, .other: .other
        }
    }

    /// Letters that fold to one letter whatever stands beside them, in a text of such letters alone; 0xFFFF
    /// for all others. None of them joins the one before it, as an accent does.
    static let folded: [UInt16] = {
        var folded = [UInt16](repeating: notPlain, count: 0x10000)
        for range in [0...0x24F, 0x2010...0x205E, 0x3000...0x3029, 0xFF01...0xFF65] as [ClosedRange<UInt16>] {
            for unit in range {
                let alone = Folding.searchable(String(decoding: [unit], as: UTF16.self))
                if alone.count == 1 {
                    folded[Int(unit)] = alone[0]
                } else if !alone.isEmpty, alone.allSatisfy({ kinds[Int($0)] == .other }) {
                    folded[Int(unit)] = 0x20
                }
            }
        }
        for range in [0x3400...0x4DBF, 0x4E00...0x9FFF] as [ClosedRange<UInt16>] {
            for unit in range { folded[Int(unit)] = HanScript.simplified(unit) }
        }
        return folded
    }()

    private static let notPlain: UInt16 = 0xFFFF

    static func arePlain(_ utf8: UnsafeBufferPointer<UInt8>) -> Bool {
        var place = 0
        while place < utf8.count {
            if utf8[place] < 0x80 {
                place += 1
            } else if utf8[place] >= 0xF0 || folded[unit(of: utf8, at: &place)] == notPlain {
                return false
            }
        }
        return true
    }

    /// The letter that begins there, of three bytes at most, and where the next one begins. A `String` holds
    /// whole letters only.
    static func unit(of utf8: UnsafeBufferPointer<UInt8>, at place: inout Int) -> Int {
        let first = Int(utf8[place])
        func next(_ step: Int) -> Int { Int(utf8[place + step] & 0x3F) }
        if first < 0x80 {
            place += 1
            return first
        }
        if first < 0xE0 {
            defer { place += 2 }
            return (first & 0x1F) << 6 | next(1)
        }
        defer { place += 3 }
        return (first & 0x0F) << 12 | next(1) << 6 | next(2)
    }
}
