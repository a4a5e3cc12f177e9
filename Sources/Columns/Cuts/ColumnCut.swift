/// Which rows of a table count, and how they are told apart.
package struct ColumnCut: Sendable {
    /// Any of these values; `""` is a row without one.
    package typealias Filter = (name: String, values: [String])

    package let filters: [Filter]
    package let by: String?
    package let byDay: Bool
    /// Days since 1970-01-01.
    package let days: Range<Int>
    /// How many scores there are: rows hold 0 up to one less.
    package let scores: Int

    package init(filters: [Filter], by: String?, byDay: Bool, days: Range<Int>, scores: Int) {
        self.filters = filters
        self.by = by
        self.byDay = byDay
        self.days = days
        self.scores = scores
    }
}

/// So many rows of one group and day gave this score. `day` is 0 where days are not told apart.
package struct ColumnCount: Equatable, Sendable {
    package let value: String
    package let day: Int
    package let score: Int
    package let rows: Int
}

extension PackedTable {
    /// The counts above zero; `nil` where a row or a dimension of the question could not be packed.
    ///
    /// Days are counted in slices whose cells fit the cache's second level; blocks that have no such day are
    /// passed by.
    package func count(_ cut: ColumnCut, threads: Int = 2) -> [ColumnCount]? {
        let names = cut.filters.map(\.name) + (cut.by.map { [$0] } ?? [])
        guard isWhole, words.unpacked.isDisjoint(with: names) else { return nil }
        guard let scan = ColumnScan(cut, of: self) else { return [] }
        guard let first = blocks.map(\.days.lowerBound).min(), let last = blocks.map(\.days.upperBound).max()
        else { return [] }
        let days = cut.days.clamped(to: first..<last + 1)
        guard cut.byDay else { return scan.count(days, threads: threads) }
        return stride(from: days.lowerBound, to: days.upperBound, by: scan.daysAtOnce).flatMap { start in
            scan.count(start..<min(start + scan.daysAtOnce, days.upperBound), threads: threads)
        }
    }
}
