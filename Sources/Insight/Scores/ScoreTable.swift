package import Kernel
package import Surveys

/// Answers counted by day and value of the grouping dimension.
package struct ScoreTable: Sendable {
    package let scale: Scale
    private var lines: [String: ScoreLine] = [:]
    /// The line that was added to last: rows come in the order of their values, and to look one up for each
    /// of thousands costs more than to count it.
    private var open: (value: String, line: ScoreLine)?

    init(scale: Scale) { self.scale = scale }

    mutating func add(_ value: String, _ day: LocalDay, raw: Int, times: Int) {
        turn(to: value)
        open?.line.add(day, raw - scale.scores.lowerBound, times)
    }

    /// One count for each score of the scale, the lowest first.
    mutating func add(_ value: String, _ day: LocalDay, _ counts: some Collection<Int>) {
        turn(to: value)
        open?.line.add(day, counts)
    }

    mutating func add(_ other: ScoreTable) {
        for (value, line) in other.all {
            turn(to: value)
            open?.line.add(line)
        }
    }

    private mutating func turn(to value: String) {
        if open?.value == value { return }
        close()
        open = (value, lines.removeValue(forKey: value) ?? ScoreLine(width: scale.scores.count))
    }

    private mutating func close() {
        if let open { lines[open.value] = open.line }
        open = nil
    }

    private var all: [(value: String, line: ScoreLine)] {
        lines.map { ($0.key, $0.value) } + (open.map { [$0] } ?? [])
    }

    package var overall: ScoreHistogram {
        all.reduce(ScoreHistogram(scale)) { $0 + ScoreHistogram(scale, counts: $1.line.sum) }
    }

    /// One value of the dimension, and what was counted for it.
    package struct Group: Sendable {
        package let value: String
        package let histogram: ScoreHistogram
        fileprivate let scale: Scale
        fileprivate let line: ScoreLine

        /// By period, the earliest first; periods without answers are left out.
        package func series(_ interval: Interval) -> [(start: LocalDay, histogram: ScoreHistogram)] {
            line.merged(interval).histograms(scale)
        }
    }

    /// By value of the dimension, in the order of the values; `""` (no value) last.
    package var groups: [Group] {
        all.sorted { left, right in
            left.value.isEmpty != right.value.isEmpty ? right.value.isEmpty : left.value < right.value
        }.map { value, line in
            Group(
                value: value, histogram: ScoreHistogram(scale, counts: line.sum), scale: scale, line: line)
        }
    }

    /// By period, the earliest first; periods without answers are left out.
    package func series(_ interval: Interval) -> [(start: LocalDay, histogram: ScoreHistogram)] {
        var merged = ScoreLine(width: scale.scores.count)
        for (_, line) in all { merged.add(line.merged(interval)) }
        return merged.histograms(scale)
    }
}

extension ScoreTable: Equatable {
    package static func == (left: Self, right: Self) -> Bool {
        left.scale == right.scale
            && Dictionary(left.all, uniquingKeysWith: { first, _ in first })
                == Dictionary(right.all, uniquingKeysWith: { first, _ in first })
    }
}

/// The counts of one value, day by day.
private struct ScoreLine: Equatable, Sendable {
    private let width: Int
    /// The earliest first.
    private(set) var days: [LocalDay] = []
    /// `width` counts for each of `days`.
    private var counts: [Int] = []

    init(width: Int) { self.width = width }

    mutating func add(_ day: LocalDay, _ place: Int, _ times: Int) {
        counts[start(of: day) + place] += times
    }

    mutating func add(_ day: LocalDay, _ more: some Collection<Int>) {
        precondition(more.count == width)
        var place = start(of: day)
        for count in more {
            counts[place] += count
            place += 1
        }
    }

    mutating func add(_ other: ScoreLine) {
        for (number, day) in other.days.enumerated() { add(day, other.counts(of: number)) }
    }

    /// Where the counts of a day begin; a day that is new has none.
    private mutating func start(of day: LocalDay) -> Int {
        guard let last = days.last, day <= last else {
            days.append(day)
            counts.append(contentsOf: repeatElement(0, count: width))
            return counts.count - width
        }
        var (low, high) = (0, days.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if days[middle] < day { low = middle + 1 } else { high = middle }
        }
        if days[low] != day {
            days.insert(day, at: low)
            counts.insert(contentsOf: repeatElement(0, count: width), at: low * width)
        }
        return low * width
    }

    private func counts(of number: Int) -> ArraySlice<Int> {
        counts[(number * width)..<((number + 1) * width)]
    }

    var sum: [Int] {
        counts.indices.reduce(into: Array(repeating: 0, count: width)) { $0[$1 % width] += counts[$1] }
    }

    func merged(_ interval: Interval) -> ScoreLine {
        var merged = ScoreLine(width: width)
        for (number, day) in days.enumerated() { merged.add(interval.start(of: day), counts(of: number)) }
        return merged
    }

    func histograms(_ scale: Scale) -> [(start: LocalDay, histogram: ScoreHistogram)] {
        days.enumerated().map { ($1, ScoreHistogram(scale, counts: counts(of: $0))) }
    }
}
