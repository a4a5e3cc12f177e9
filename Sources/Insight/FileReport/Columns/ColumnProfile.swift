import Formats

/// What the first rows of a file show of one column.
struct ColumnProfile: Sendable {
    let heading: String
    private(set) var filled = 0
    private var scores = 0
    private var highest = Int.min
    private var distinctScores = Set<Int>()
    private var dates = 0
    private var bareDates = 0
    private var numbers = 0
    private var letters = 0
    private var spaced = 0
    private var chinese = 0
    private var distinct = Set<UInt64>()

    init(heading: String) { self.heading = heading }

    mutating func add(_ cell: UnsafeBufferPointer<UInt8>) {
        let cell = cell.trimmed
        if cell.isEmpty { return }
        filled += 1
        distinct.insert(ValueIndex.hash(cell))
        if let score = ScoreText.integer(cell), (-10...10).contains(score) {
            scores += 1
            distinctScores.insert(score)
            highest = max(highest, score)
        }
        let isNumber = cell.isNumber
        if isNumber { numbers += 1 }
        if DateCell(cell) != nil {
            dates += 1
            if isNumber { bareDates += 1 }
        }
        if cell.contains(0x20) { spaced += 1 }
        if cell.contains(where: { (0xE3...0xE9).contains($0) }) { chinese += 1 }
        letters += cell.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
    }

    var distinctShare: Double { filled == 0 ? 0 : Double(distinct.count) / Double(filled) }
    var meanLetters: Double { filled == 0 ? 0 : Double(letters) / Double(filled) }

    /// At least half of what it holds could be a score; a yes and no is one only where the heading says just
    /// that.
    func couldBeScore(_ rank: Int) -> Bool {
        scores * 2 >= filled && (rank < 10 || highest > 1 || distinctScores.count > 2 || filled < 20)
    }
    /// Whole numbers up to ten, at least four different ones, and nothing else.
    var looksLikeScore: Bool { filled >= 5 && scores == filled && distinctScores.count >= 4 && highest > 3 }
    var differentScores: Int { distinctScores.count }

    func couldBeTime(_ rank: Int) -> Bool { dates * 2 >= filled || (rank < 10 && dates > 0) }
    var looksLikeTime: Bool { filled > 0 && dates * 10 >= filled * 9 && bareDates == 0 }

    /// Words; where the heading does not say comment itself, also sentences and mostly not the same ones.
    func couldBeComment(_ rank: Int) -> Bool {
        if filled == 0 { return rank < 10 }
        guard numbers * 2 < filled, dates * 2 < filled else { return false }
        return rank <= 1 || (areSentences && (distinctShare >= 0.3 || meanLetters >= 25))
    }
    private var areSentences: Bool { (spaced + chinese) * 3 >= filled }
    var looksLikeComment: Bool { couldBeComment(10) && distinctShare >= 0.5 && meanLetters >= 15 }

    /// Short, mostly different, and no sentences: a column headed `response` may hold either.
    func couldNameRows(_ rank: Int) -> Bool {
        distinctShare >= 0.9 && meanLetters <= 64 && spaced * 2 < filled
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Without ASCII blanks at either end.
    var trimmed: Self {
        var low = startIndex, high = endIndex
        while low < high, self[low] <= 0x20 { low += 1 }
        while high > low, self[high - 1] <= 0x20 { high -= 1 }
        return Self(rebasing: self[low..<high])
    }

    /// Digits with a sign, a decimal point or comma.
    var isNumber: Bool {
        var digits = 0, points = 0
        for (place, byte) in enumerated() {
            switch byte {
            case 0x30...0x39: digits += 1
            case UInt8(ascii: "."), UInt8(ascii: ","): points += 1
            case UInt8(ascii: "-"), UInt8(ascii: "+"): if place > 0 { return false }
            default: return false
            }
        }
        return digits > 0 && points <= 1
    }
}
