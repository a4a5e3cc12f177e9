import CColumns
import Dispatch

/// A cut in the codes of one table.
struct ColumnScan: Sendable {
    private struct Filter: Sendable {
        let dimension: Int
        let wanted: [UInt16]
        let marks: [UInt8]
    }

    /// Cells of one thread's table: 1 MiB of counts.
    private static let mostCells = 1 << 18
    /// Up to here the tables are small enough for four of them.
    private static let mostLaneCells = 2048
    /// Rows below which a second thread costs more than it counts.
    private static let fewRows = 1 << 19
    /// Neighbours that one thread takes together, so that it reads ahead.
    private static let run = 16

    private let blocks: [ColumnBlock]
    private let filters: [Filter]
    private let groups: [String]
    private let group: Int?
    private let byDay: Bool
    private let scores: Int

    /// `nil` where no row can pass.
    init?(_ cut: ColumnCut, of table: PackedTable) {
        var filters: [Filter] = []
        for (name, values) in cut.filters {
            guard let dimension = table.words.dimension(name) else {
                if values.contains("") { continue }
                return nil
            }
            let wanted = Set(values.compactMap { table.words.code($0, dimension) })
            if wanted.isEmpty { return nil }
            var marks = [UInt8](repeating: 0, count: 65_536)
            for code in wanted { marks[Int(code)] = 0xFF }
            filters.append(Filter(dimension: dimension, wanted: wanted.sorted(), marks: marks))
        }
        self.filters = filters
        blocks = table.blocks
        group = cut.by.flatMap(table.words.dimension)
        groups = group.map { table.words.values[$0] } ?? [""]
        byDay = cut.byDay
        scores = cut.scores
    }

    var daysAtOnce: Int { max(1, Self.mostCells / (groups.count * scores)) }

    /// Counts the rows of these days, on so many threads.
    func count(_ days: Range<Int>, threads: Int) -> [ColumnCount] {
        let blocks = blocks.filter { $0.days.overlaps(days) }
        if blocks.isEmpty { return [] }
        let rows = blocks.reduce(0) { $0 + $1.rows }
        let threads = rows < Self.fewRows ? 1 : min(threads, blocks.count)
        let cells = groups.count * scores * (byDay ? days.count : 1)
        let lanes = cells <= Self.mostLaneCells ? 4 : 1
        let tables = CountTables(lanes: threads * lanes, cells: cells)
        DispatchQueue.concurrentPerform(iterations: threads) { thread in
            let place = tables.lane(thread * lanes)
            for start in stride(from: thread * Self.run, to: blocks.count, by: threads * Self.run) {
                for block in blocks[start..<min(start + Self.run, blocks.count)] {
                    count(block, days, lanes: lanes, cells: cells, into: place)
                }
            }
        }
        return found(tables, days)
    }

    private func count(
        _ block: ColumnBlock, _ days: Range<Int>, lanes: Int, cells: Int,
        into counts: UnsafeMutablePointer<UInt32>
    ) {
        withFilters(of: block) { filters in
            // Days that need not be told apart need not be read.
            let isWithin = days.lowerBound <= block.days.lowerBound && block.days.upperBound < days.upperBound
            var day = block.column(ColumnBlock.day)
            if isWithin, !byDay {
                day = rapport_column(codes: nil, width: 0, constant: UInt32(days.lowerBound))
            }
            var cut = rapport_cut(
                rows: UInt32(block.rows), score: block.column(ColumnBlock.score), day: day,
                group: rapport_column(codes: nil, width: 0, constant: 0), filters: filters.baseAddress,
                filter_count: UInt32(filters.count), first_day: UInt32(days.lowerBound),
                days: UInt32(days.count), day_stride: byDay ? UInt32(groups.count * scores) : 0,
                group_stride: 0, lane_count: UInt32(lanes), cell_count: UInt32(cells))
            if let group {
                cut.group = block.column(ColumnBlock.firstDimension + group)
                cut.group_stride = UInt32(scores)
            }
            rapport_count(&cut, counts)
        }
    }

    private func withFilters(
        of block: ColumnBlock, _ body: (UnsafeBufferPointer<rapport_filter>) -> Void
    ) {
        withUnsafeTemporaryAllocation(of: rapport_filter.self, capacity: filters.count) { buffer in
            for (place, filter) in filters.enumerated() {
                buffer.initializeElement(at: place, to: rapport_filter())
                filter.marks.withUnsafeBufferPointer { marks in
                    filter.wanted.withUnsafeBufferPointer { wanted in
                        // Both arrays belong to `self` and outlive the call.
                        buffer[place] = rapport_filter(
                            column: block.column(ColumnBlock.firstDimension + filter.dimension),
                            marks: marks.baseAddress, wanted: wanted.baseAddress,
                            wanted_count: UInt32(wanted.count))
                    }
                }
            }
            body(UnsafeBufferPointer(buffer))
        }
    }

    private func found(_ tables: CountTables, _ days: Range<Int>) -> [ColumnCount] {
        var found: [ColumnCount] = []
        for (cell, rows) in tables.sums.enumerated() where rows > 0 {
            let (place, score) = cell.quotientAndRemainder(dividingBy: scores)
            let (day, group) = place.quotientAndRemainder(dividingBy: groups.count)
            found.append(
                ColumnCount(
                    value: groups[group], day: byDay ? days.lowerBound + day : 0, score: score, rows: rows))
        }
        return found
    }
}

/// Tables of counts side by side, each filled by one thread alone.
private final class CountTables: @unchecked Sendable {
    private let counts: UnsafeMutablePointer<UInt32>
    private let lanes: Int
    private let cells: Int

    init(lanes: Int, cells: Int) {
        self.lanes = lanes
        self.cells = cells
        counts = .allocate(capacity: lanes * cells)
        counts.initialize(repeating: 0, count: lanes * cells)
    }

    deinit { counts.deallocate() }

    func lane(_ lane: Int) -> UnsafeMutablePointer<UInt32> { counts + lane * cells }

    var sums: [Int] {
        (0..<cells).map { cell in (0..<lanes).reduce(0) { $0 + Int(counts[$1 * cells + cell]) } }
    }
}
