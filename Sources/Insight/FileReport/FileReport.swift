package import Formats
package import Kernel
import Statistics
package import Surveys

/// The whole analysis of one file of answers, with no server and no account (`rapport report`).
///
/// Map: `Cells` read one cell, `Columns` find out what each column and the scale are, `Counting` runs through
/// the file (twice: to find out, then to count), `Findings` and `Terms` say what the counts prove, `Pages`
/// write it down.
///
/// **Invariant:** a row is counted, refused with a reason, left unanswered or filtered out; `rows` is their
/// sum. **Invariant:** nothing is guessed without a note that says so.
package struct FileReport: Sendable {
    package let name: String
    package let rows: Int
    package let answered: Int
    /// Rows that a filter left out; not part of `rows`.
    package let filteredOut: Int
    package let refused: [Refusal: Int]
    /// Valid answers whose time cannot be read; 0 where there is no column of times.
    package let undated: Int
    package let columns: ReportColumns
    package let scale: Scale
    package let interval: Interval
    package let overall: Figure
    package let series: [PeriodFinding]
    package let groups: [GroupFinding]
    /// `nil` where there is no column of comments.
    package let terms: TermReport?
    package let reading: Reading

    /// How the file was read: what a reader must know to doubt it.
    package struct Reading: Sendable {
        package let encoding: TextEncoding
        package let isEncodingNamed: Bool
        package let delimiter: CSVReader.Delimiter
        package let isScaleNamed: Bool
        package let doubts: [ScaleGuess.Doubt]
        package let order: DateOrder
        package let evidence: DateColumn.Evidence
        package let areGroupsNamed: Bool
        package let filters: [ReportRequest.Filter]
        /// Headings of columns that are neither a role nor groups.
        package let unused: [String]
        /// Headings that stand more than once.
        package let repeatedHeadings: [String]
    }

    package var valid: Int { overall.n }

    /// Changes that were tested.
    package var changes: [PeriodFinding] { series.filter { $0.change != nil } }

    /// The smallest change that a typical period can show, in points, and its number of answers; `nil`
    /// without periods.
    package var smallestChange: (points: Double, answers: Int)? {
        let sizes = series.map(\.figure.n).sorted()
        guard sizes.count > 1 else { return nil }
        let typical = sizes[sizes.count / 2]
        return Change.smallestDetectable(spread: overall.histogram.moments.spread, n: Double(typical))
            .map { (min(200, $0 * 100), typical) }
    }
}

/// A file that can be read from its beginning as often as needed.
package struct FileSource: Sendable {
    package let name: String
    /// Hands over all bytes in chunks, from the beginning.
    package let read: @Sendable ((UnsafeBufferPointer<UInt8>) throws -> Void) throws -> Void

    package init(
        name: String, read: @escaping @Sendable ((UnsafeBufferPointer<UInt8>) throws -> Void) throws -> Void
    ) {
        self.name = name
        self.read = read
    }

    /// The first chunk alone.
    package var beginning: FileSource {
        struct Enough: Error {}
        return FileSource(name: name) { [read] body in
            var isRead = false
            do {
                try read { chunk in
                    if isRead { throw Enough() }
                    isRead = true
                    try body(chunk)
                }
            } catch is Enough {}
        }
    }
}

extension FileReport {
    /// Reads the file twice and finds out all there is. Throws `DomainError` where the request does not fit
    /// the file.
    package init(_ source: FileSource, _ request: ReportRequest, encoding: TextEncoding? = nil) throws {
        let (plan, found) = try Self.survey(source, request, encoding)
        var counts = ReportCounts(plan)
        var low = CommentSample(), high = CommentSample()
        let reader = CSVReader(encoding: found.encoding, delimiter: found.delimiter)
        try Self.rows(of: source, reader) { row in
            guard row.isReadable(of: reader.header.count) else { return counts.addUnreadable() }
            try row.withCells { cells in
                guard let score = try counts.add(cells), let column = plan.columns[.comment]?.index,
                    let band = plan.scale.band(of: score), band.isLowest || band.isHighest
                else { return }
                let comment = cells[column].trimmed
                if comment.isBlank { return }
                if band.isLowest { low.add(comment) } else { high.add(comment) }
            }
        }
        name = source.name
        (rows, answered, filteredOut) = (counts.rows, counts.answered, counts.filteredOut)
        (refused, undated) = (counts.refused, counts.undated)
        (columns, scale, interval) = (plan.columns, plan.scale, plan.interval)
        overall = Figure(counts.overall)
        series = counts.series()
        let chosen = counts.groups.filter { $0.isGroups(valid: counts.valid) }
        groups = chosen.map { GroupFinding($0, of: counts.overall) }
        terms = plan.columns[.comment].map { _ in TermReport(low: low, high: high) }
        let used = Set(chosen.map(\.column) + plan.columns.choices.values.map(\.index))
        let headings = plan.headings
        reading = Reading(
            encoding: found.encoding, isEncodingNamed: encoding != nil, delimiter: found.delimiter,
            isScaleNamed: request.scale != nil, doubts: plan.doubts, order: plan.order,
            evidence: plan.evidence,
            areGroupsNamed: plan.by != nil, filters: request.filters,
            unused: plan.nameable.filter { !used.contains($0) }.map { headings[$0] },
            repeatedHeadings: headings.indices.filter { headings[..<$0].contains(headings[$0]) }.map {
                headings[$0]
            })
    }

    static func survey(
        _ source: FileSource, _ request: ReportRequest, _ encoding: TextEncoding?
    ) throws -> (ReportPlan, (encoding: TextEncoding, delimiter: CSVReader.Delimiter)) {
        let reader = CSVReader(encoding: encoding)
        var survey: ReportSurvey?
        try rows(of: source, reader) { row in
            if survey == nil { survey = try ReportSurvey(request, headings: reader.header) }
            guard row.isReadable(of: reader.header.count) else { return }
            try row.withCells { try survey?.add($0) }
        }
        if reader.header.isEmpty { throw DomainError.emptyFile }
        var settled = try survey ?? ReportSurvey(request, headings: reader.header)
        return (try settled.finish(), (reader.encoding, reader.delimiter ?? .comma))
    }

    private static func rows(
        of source: FileSource, _ reader: CSVReader, _ row: (CSVRow) throws -> Void
    ) throws {
        do {
            try source.read { try reader.read($0, row) }
            try reader.finish(row)
        } catch is CSVReader.UnreadableHeader {
            throw DomainError.unreadableHeader
        }
    }
}

extension CSVCells: RowCells {}

extension CSVRow {
    /// A row with more cells than the header is read where the rest is blank: some programs end each row with
    /// a delimiter.
    fileprivate func isReadable(of width: Int) -> Bool {
        guard let fault else { return true }
        return fault == .cellCount && count > width && (width..<count).allSatisfy { isBlank($0) }
    }
}

extension DomainError {
    package static let emptyFile = DomainError(.invalid, "report-empty-file")
    package static let unreadableHeader = DomainError(.invalid, "report-unreadable-header")
}
