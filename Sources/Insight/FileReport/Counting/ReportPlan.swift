import Formats
package import Kernel
package import Surveys

/// What the person asked of a report; everything left out is guessed and said.
package struct ReportRequest: Sendable {
    package struct Filter: Equatable, Sendable {
        package let column: String
        package let value: String

        package init(column: String, value: String) {
            self.column = column
            self.value = value
        }
    }

    /// Column names by role.
    package var columns: [ColumnRole: String] = [:]
    package var by: [String] = []
    package var filters: [Filter] = []
    package var interval: Interval?
    package var scale: Scale?

    package init() {}
}

/// What the first reading of a file settled, and the second one counts by.
struct ReportPlan: Sendable {
    let headings: [String]
    let columns: ReportColumns
    let scale: Scale
    let doubts: [ScaleGuess.Doubt]
    let order: DateOrder
    let evidence: DateColumn.Evidence
    let interval: Interval
    let days: ClosedRange<LocalDay>?
    /// Named with `--by`; `nil` when groups are guessed.
    let by: [Int]?
    let filter: RowFilter

    /// Columns with a heading that no column before them has.
    var nameable: [Int] {
        headings.indices.filter { !headings[$0].isEmpty && headings.firstIndex(of: headings[$0]) == $0 }
    }

    /// The first days of all periods from the first day to the last one.
    var starts: [LocalDay] {
        guard let days else { return [] }
        var starts = [interval.start(of: days.lowerBound)]
        while let last = starts.last, interval.next(after: last) <= days.upperBound {
            starts.append(interval.next(after: last))
        }
        return starts
    }
}

/// Which rows count: for each column named, one of its values.
struct RowFilter: Sendable {
    private let wanted: [(column: Int, values: ValueIndex)]

    init(_ filters: [ReportRequest.Filter], find: (String) throws(DomainError) -> Int) throws(DomainError) {
        var columns: [(column: Int, values: ValueIndex)] = []
        for filter in filters {
            let column = try find(filter.column)
            var value = filter.value
            let place = columns.firstIndex { $0.column == column } ?? columns.count
            if place == columns.count { columns.append((column, ValueIndex())) }
            value.withUTF8 { _ = columns[place].values.number(of: $0.trimmed) }
        }
        wanted = columns
    }

    var isEmpty: Bool { wanted.isEmpty }

    func keeps(_ row: some RowCells) -> Bool {
        wanted.allSatisfy { $0.values.known(row[$0.column].trimmed) != nil }
    }
}

/// One row of a file, as UTF-8. A cell that the row does not have is empty.
protocol RowCells {
    subscript(column: Int) -> UnsafeBufferPointer<UInt8> { get }
}
