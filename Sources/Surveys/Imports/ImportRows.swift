import Customers
package import Formats
package import Kernel

/// Reads row after row, and knows the response ids that no database knows yet: those of rows that are not
/// settled, and of those that became no answers.
package struct ImportRows: Sendable {
    private struct Seen: Sendable {
        var ids = SeenIDs()
        var lastRow = 0
    }

    private let plan: ImportPlan
    private let scoreColumn: Int
    private let idColumn: Int?
    private var seen = [Seen()]
    /// Of rows that became no answers.
    private var lost = SeenIDs()
    private var count = 0
    /// What days without a time mean: a file names few of them, each many times.
    private var days = ValueIndex()
    private var moments: [Timestamp] = []
    private static let mostMoments = 4096

    package init(_ plan: ImportPlan) {
        self.plan = plan
        scoreColumn = plan.column(of: .score) ?? 0
        idColumn = plan.column(of: .id)
    }

    /// `begun` is when the import began first: the time of answers that name none.
    package mutating func read(_ row: CSVRow, begun: Timestamp) -> ImportRow {
        count += 1
        var outcome = ImportRow.Outcome.unanswered
        row.withCells { cells in
            var id: ImportCell?
            do throws(Refused) {
                guard let answer = try score(row, cells) else { return }
                id = answer.id
                var keeper = DraftKeeper(draft: ResponseDraft(score: answer.score))
                keeper.draft.occurredAt = begun
                keeper.draft.opensCase = plan.opensCases
                keeper.draft.channel = SurveyResponse.Source.import.rawValue
                try check(cells, begun: begun, &keeper)
                if keeper.customer != CustomerInput() { keeper.draft.customer = keeper.customer }
                outcome = .answer(keeper.draft, id: id?.text)
            } catch {
                lose(id)
                outcome = .refused(error.reason, id: id?.text)
            }
        }
        if case .unanswered = outcome { return ImportRow(number: count, line: row.line, outcome: outcome) }
        return ImportRow(number: count, line: row.line, source: row.compact, outcome: outcome)
    }

    /// The rows up to that one are settled: the database knows their ids, but for those of `refused`, which
    /// it refused for another reason.
    package mutating func forget(through row: Int, refused: [ImportRow]) {
        for case let id? in refused.map(\.id) { Self.withBytes(of: id) { _ = lost.insert($0) } }
        seen.removeAll { $0.lastRow <= row }
        seen.append(Seen())
    }

    /// The same for whoever only counts: no text of the row is kept, and `named` is given an answer's id.
    mutating func look(
        at row: CSVRow, begun: Timestamp, named: (UnsafeBufferPointer<UInt8>) -> Void
    ) -> ImportLook.Verdict {
        var verdict = ImportLook.Verdict.unanswered
        row.withCells { cells in
            do throws(Refused) {
                guard let answer = try score(row, cells) else { return }
                var keeper = NothingKeeper()
                try check(cells, begun: begun, &keeper)
                answer.id?.withBytes(named)
                verdict = .answer
            } catch {
                verdict = .refused(error.reason)
            }
        }
        return verdict
    }

    /// What comes before the cells of the answer itself, in the order of the file report, so that both count
    /// alike. `nil` where nobody gave a score.
    private mutating func score(
        _ row: CSVRow, _ cells: CSVCells
    ) throws(Refused) -> (score: Score, id: ImportCell?)? {
        guard isReadable(row) else { throw Refused(reason: .unreadableRow) }
        if row.isBlank(scoreColumn) { return nil }
        let id = idColumn.flatMap { ImportCell(cells[$0]) }
        let isTwice = id.map { id in id.withBytes { isRepeated($0) } } ?? false
        let raw = ScoreText.integer(cells[scoreColumn])
        guard let score = raw.flatMap({ Score($0, on: plan.survey.scale) }) else {
            lose(id)
            throw Refused(reason: raw == nil ? .notInteger : .outOfRange)
        }
        if isTwice { throw Refused(reason: .duplicate) }
        return (score, id)
    }

    private mutating func isRepeated(_ id: UnsafeBufferPointer<UInt8>) -> Bool {
        let last = seen.count - 1
        seen[last].lastRow = count
        if lost.contains(id) || seen.dropLast().contains(where: { $0.ids.contains(id) }) { return true }
        return !seen[last].ids.insert(id)
    }

    private mutating func lose(_ id: ImportCell?) {
        id?.withBytes { _ = lost.insert($0) }
    }

    private static func withBytes(of id: String, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        var id = id
        id.withUTF8(body)
    }

    /// Blank cells beyond the header do no harm.
    private func isReadable(_ row: CSVRow) -> Bool {
        guard let fault = row.fault else { return true }
        return fault == .cellCount && row.count > plan.width
            && (plan.width..<row.count).allSatisfy { row.isBlank($0) }
    }
}

private struct Refused: Error { let reason: ImportRefusal }

/// What becomes of cells that hold what they should.
private protocol CellKeeper {
    mutating func keep(_ put: (inout ResponseDraft, inout CustomerInput) -> Void)
}

private struct DraftKeeper: CellKeeper {
    var draft: ResponseDraft
    var customer = CustomerInput()

    mutating func keep(_ put: (inout ResponseDraft, inout CustomerInput) -> Void) { put(&draft, &customer) }
}

private struct NothingKeeper: CellKeeper {
    func keep(_: (inout ResponseDraft, inout CustomerInput) -> Void) {}
}

extension ImportRows {
    private mutating func check(
        _ cells: CSVCells, begun: Timestamp, _ keeper: inout some CellKeeper
    ) throws(Refused) {
        for (column, field) in plan.fields {
            guard let cell = ImportCell(cells[column]) else { continue }
            switch field {
            case .score, .id: continue
            case .comment:
                try limit(cell, ResponseDraft.longestComment)
                keeper.keep { draft, _ in draft.comment = cell.text }
            case .time:
                let time = try time(cell, begun: begun)
                keeper.keep { draft, _ in draft.occurredAt = time }
            case .touchpoint:
                try limit(cell, ResponseDraft.labelLengths.upperBound)
                keeper.keep { draft, _ in draft.touchpoint = cell.text }
            case .channel:
                try limit(cell, ResponseDraft.labelLengths.upperBound)
                keeper.keep { draft, _ in draft.channel = cell.text }
            case .agent:
                try limit(cell, ResponseDraft.labelLengths.upperBound)
                keeper.keep { draft, _ in draft.agent = cell.text }
            case .language:
                let text = cell.text
                guard CustomerInput.isLanguageTag(text), text.count <= 35 else {
                    throw Refused(reason: .language)
                }
                keeper.keep { draft, customer in (draft.language, customer.language) = (text, text) }
            default: try checkCustomer(cell, as: field, &keeper)
            }
        }
    }

    private func checkCustomer(
        _ cell: ImportCell, as field: ImportField, _ keeper: inout some CellKeeper
    ) throws(Refused) {
        switch field {
        case .externalID:
            try limit(cell, 200)
            keeper.keep { _, customer in customer.externalID = cell.text }
        case .name:
            try limit(cell, 200)
            keeper.keep { _, customer in customer.name = cell.text }
        case .email:
            guard let email = EmailAddress(cell.text) else { throw Refused(reason: .email) }
            keeper.keep { _, customer in customer.email = email }
        case .phone:
            guard let phone = PhoneNumber(cell.text) else { throw Refused(reason: .phone) }
            keeper.keep { _, customer in customer.phone = phone }
        case .attribute(let name):
            try limit(cell, CustomerAttribute.longestValue)
            keeper.keep { _, customer in customer.attributes.append((name, cell.text)) }
        default: break
        }
    }

    private func limit(_ cell: ImportCell, _ longest: Int) throws(Refused) {
        // To count characters costs more than to read them.
        guard cell.length <= longest || cell.text.count <= longest else { throw Refused(reason: .tooLong) }
    }

    private mutating func time(_ cell: ImportCell, begun: Timestamp) throws(Refused) -> Timestamp {
        if let known = cell.withBytes({ days.known($0) }) { return moments[known] }
        guard let time = plan.moment(cell.text, latest: begun) else { throw Refused(reason: .unreadableTime) }
        guard time <= begun + SurveyResponse.clockSkew else { throw Refused(reason: .futureTime) }
        if cell.length <= 10, moments.count < Self.mostMoments {
            _ = cell.withBytes { days.number(of: $0) }
            moments.append(time)
        }
        return time
    }
}
