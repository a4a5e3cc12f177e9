import Formats
import Kernel
import Surveys

/// The first reading of a file: finds the columns on its first rows, then the scale, the order of dates and
/// the days on all of them.
struct ReportSurvey {
    private static let sampleRows = 2_000
    private static let sampleBytes = 8 << 20

    private let request: ReportRequest
    private let headings: [String]
    private let filter: RowFilter
    private var profiles: [ColumnProfile]
    private var held: [[[UInt8]]] = []
    private var heldBytes = 0
    private var columns: ReportColumns?
    private var scoreColumn: Int?
    private var timeColumn: Int?
    private var idCandidates: [(column: Int, seen: SeenIDs)] = []
    private var scaleGuess = ScaleGuess()
    private var dates = DateColumn()

    init(_ request: ReportRequest, headings: [String]) throws(DomainError) {
        self.request = request
        self.headings = headings
        filter = try RowFilter(request.filters) { name throws(DomainError) in
            try Self.find(name, in: headings)
        }
        profiles = headings.map(ColumnProfile.init(heading:))
    }

    mutating func add(_ row: some RowCells) throws(DomainError) {
        if columns != nil { return gather(row) }
        for index in profiles.indices { profiles[index].add(row[index]) }
        let cells = headings.indices.map { Array(row[$0]) }
        heldBytes += cells.reduce(0) { $0 + $1.count }
        held.append(cells)
        if held.count == Self.sampleRows || heldBytes > Self.sampleBytes { try settleColumns() }
    }

    mutating func finish() throws(DomainError) -> ReportPlan {
        if columns == nil { try settleColumns() }
        guard var columns, let score = columns[.score] else { throw .noScoreColumn(headings) }
        if let id = idCandidates.first(where: { $0.seen.namesRows }) {
            columns.choices[.id] = .init(index: id.column, heading: headings[id.column], source: .heading)
        }
        let (scale, doubts) = try decideScale(score.heading)
        let (order, evidence) = dates.order
        let by: [Int]?
        if request.by.isEmpty {
            by = nil
        } else {
            var named: [Int] = []
            for name in request.by { named.append(try Self.find(name, in: headings)) }
            by = named
        }
        return ReportPlan(
            headings: headings, columns: columns, scale: scale, doubts: doubts, order: order,
            evidence: evidence,
            interval: request.interval ?? dates.days.map(Interval.fitting) ?? .month, days: dates.days,
            by: by,
            filter: filter)
    }

    private func decideScale(_ column: String) throws(DomainError) -> (Scale, [ScaleGuess.Doubt]) {
        if let scale = request.scale { return (scale, []) }
        return try scaleGuess.decide(column: column)
    }

    /// A column by its heading: exactly, else whatever the case and the blanks around it.
    private static func find(_ name: String, in headings: [String]) throws(DomainError) -> Int {
        func plain(_ text: String) -> String { HeaderWords.trimmed(text).lowercased() }
        if let index = headings.firstIndex(of: name)
            ?? headings.firstIndex(where: { plain($0) == plain(name) })
        {
            return index
        }
        throw .unknownColumn(name, headings)
    }

    private mutating func settleColumns() throws(DomainError) {
        var named: [ColumnRole: Int] = [:]
        for role in ColumnRole.allCases {
            if let name = request.columns[role] { named[role] = try Self.find(name, in: headings) }
        }
        let guess = try ColumnGuess(profiles, named: named)
        columns = guess.columns
        (scoreColumn, timeColumn) = (guess.columns[.score]?.index, guess.columns[.time]?.index)
        idCandidates = guess.idCandidates.map { ($0, SeenIDs()) }
        for row in held { HeldRow.read(row) { gather($0) } }
        held = []
    }

    private mutating func gather(_ row: some RowCells) {
        guard let scoreColumn else { return }
        for index in idCandidates.indices {
            let id = row[idCandidates[index].column].trimmed
            if !id.isEmpty { _ = idCandidates[index].seen.insert(id) }
        }
        guard let score = ScoreText.integer(row[scoreColumn]) else { return }
        if request.scale == nil { scaleGuess.add(score) }
        guard let timeColumn, (request.scale ?? .nps0to10).scores.contains(score),
            filter.keeps(row), let cell = DateCell(row[timeColumn])
        else { return }
        dates.add(cell)
    }
}

/// A row of the sample, kept until the columns are known.
private struct HeldRow: RowCells {
    let cells: [UnsafeBufferPointer<UInt8>]

    subscript(column: Int) -> UnsafeBufferPointer<UInt8> { cells[column] }

    /// Gives `body` the row while its bytes stand still.
    static func read(_ row: [[UInt8]], _ body: (HeldRow) -> Void) {
        let bytes = row.flatMap { $0 }
        bytes.withUnsafeBufferPointer { all in
            var start = 0
            let cells = row.map { cell in
                defer { start += cell.count }
                return UnsafeBufferPointer(rebasing: all[start..<start + cell.count])
            }
            body(HeldRow(cells: cells))
        }
    }
}
