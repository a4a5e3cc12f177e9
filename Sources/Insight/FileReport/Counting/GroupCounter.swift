import Formats
import Statistics
import Surveys

/// Counts one column of groups while the file runs by: a histogram for each value, and n, sum and squares for
/// each value and period.
struct GroupCounter: Sendable {
    /// What a guessed column may have at most; a number column even less.
    static let mostValues = 300
    static let mostNumbers = 12
    /// What a named column may have at most.
    static let mostNamedValues = 50_000
    /// Beyond this no mix is computed: it would be a list of customers, not a mix.
    private static let mostStrata = 2_000

    struct Cell: Sendable {
        var n: Int32 = 0
        var sum: Int32 = 0
        var squares: Int32 = 0

        var moments: Moments { Moments(n: Double(n), sum: Double(sum), squares: Double(squares)) }
    }

    let column: Int
    let heading: String
    let isNamed: Bool
    private let scale: Scale
    private let bins: Int
    private(set) var values = ValueIndex()
    private(set) var isOverfull = false
    private var counts: [UInt32] = []
    private var periods: [[Cell]]
    private var isNumeric = true

    init(column: Int, heading: String, isNamed: Bool, scale: Scale, periods: Int) {
        self.column = column
        self.heading = heading
        self.isNamed = isNamed
        self.scale = scale
        bins = scale.scores.count
        self.periods = Array(repeating: [], count: periods)
    }

    /// Counts a valid answer; `weight` is +1, 0 or -1 (NPS) or 1 and 0 (top box).
    mutating func add(
        _ value: UnsafeBufferPointer<UInt8>, bin: Int, weight: Int32, period: Int?
    ) {
        if isOverfull { return }
        let value = value.trimmed
        let known = values.count
        let number = values.number(of: value)
        if number == known {
            if !value.isEmpty, isNumeric { isNumeric = value.isNumber }
            counts.append(contentsOf: repeatElement(0, count: bins))
            if isTooMany { return giveUp() }
        }
        counts[number * bins + bin] += 1
        guard let period, number < Self.mostStrata else { return }
        while periods[period].count <= number { periods[period].append(Cell()) }
        periods[period][number].n += 1
        periods[period][number].sum += weight
        periods[period][number].squares += weight * weight
    }

    private var isTooMany: Bool {
        values.count > (isNamed ? Self.mostNamedValues : Self.mostValues + 1)
    }

    private mutating func giveUp() {
        isOverfull = true
        values = ValueIndex()
        counts = []
        periods = []
    }

    /// A guessed column is one of groups when it has 2 to 300 values (numbers 2 to 12), blanks aside, and
    /// five valid answers a value on average.
    func isGroups(valid: Int) -> Bool {
        if isOverfull { return false }
        if isNamed { return true }
        let different = (0..<values.count).filter { !values[$0].isEmpty }.count
        let most = isNumeric ? Self.mostNumbers : Self.mostValues
        return (2...most).contains(different) && valid >= 5 * different
    }

    /// Every value with its scores; a blank is `nil`.
    var histograms: [(key: String?, histogram: ScoreHistogram)] {
        (0..<values.count).map { number in
            let own = counts[number * bins..<(number + 1) * bins].map(Int.init)
            return (values[number].isEmpty ? nil : values[number], ScoreHistogram(scale, counts: own))
        }
    }

    /// Whether a change of its shares could be a cause. Another rating of the same visit is no cause but one
    /// more effect, unless somebody named it.
    var couldExplain: Bool {
        !isOverfull && (2...Self.mostStrata).contains(values.count) && !repeatsScore && (isNamed || !isRating)
    }

    /// By its heading one more score.
    var isRating: Bool { HeaderWords.rank(heading, for: .score) != nil }

    /// n, sum and squares of each value in one period, by the value's number.
    func strata(_ period: Int) -> [Int: Moments] {
        periods[period].enumerated().reduce(into: [:]) { strata, cell in
            if cell.element.n > 0 { strata[cell.offset] = cell.element.moments }
        }
    }

    /// Whether a value tells the band of its every answer: a copy of the score, which explains nothing.
    var repeatsScore: Bool {
        histograms.allSatisfy { entry in
            scale.bands.filter { entry.histogram.count($0) > 0 }.count <= 1
        }
    }
}
