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
                var draft: ResponseDraft? = ResponseDraft(score: answer.score)
                try fill(&draft, cells, begun: begun)
                if let draft { outcome = .answer(draft, id: id?.text) }
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
                var draft: ResponseDraft?
                try fill(&draft, cells, begun: begun)
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

extension ImportRows {
    /// Checks each cell, and puts what stands there into the draft, where there is one.
    private mutating func fill(
        _ draft: inout ResponseDraft?, _ cells: CSVCells, begun: Timestamp
    ) throws(Refused) {
        var customer = CustomerInput()
        draft?.occurredAt = begun
        draft?.opensCase = plan.opensCases
        draft?.channel = SurveyResponse.Source.import.rawValue
        for (column, field) in plan.fields {
            guard let cell = ImportCell(cells[column]) else { continue }
            switch field {
            case .score, .id: continue
            case .comment:
                try limit(cell, ResponseDraft.longestComment)
                draft?.comment = cell.text
            case .time:
                let time = try time(cell, begun: begun)
                draft?.occurredAt = time
            case .touchpoint:
                try limit(cell, ResponseDraft.labelLengths.upperBound)
                draft?.touchpoint = cell.text
            case .channel:
                try limit(cell, ResponseDraft.labelLengths.upperBound)
                draft?.channel = cell.text
            case .agent:
                try limit(cell, ResponseDraft.labelLengths.upperBound)
                draft?.agent = cell.text
            case .language:
                let text = cell.text
                guard CustomerInput.isLanguageTag(text), text.count <= 35 else {
                    throw Refused(reason: .language)
                }
                draft?.language = text
                customer.language = text
            default: try say(cell, as: field, of: &customer, isKept: draft != nil)
            }
        }
        if draft != nil, customer != CustomerInput() { draft?.customer = customer }
    }

    private func say(
        _ cell: ImportCell, as field: ImportField, of customer: inout CustomerInput, isKept: Bool
    ) throws(Refused) {
        switch field {
        case .externalID:
            try limit(cell, 200)
            if isKept { customer.externalID = cell.text }
        case .name:
            try limit(cell, 200)
            if isKept { customer.name = cell.text }
        case .email:
            guard let email = EmailAddress(cell.text) else { throw Refused(reason: .email) }
            customer.email = email
        case .phone:
            guard let phone = PhoneNumber(cell.text) else { throw Refused(reason: .phone) }
            customer.phone = phone
        case .attribute(let name):
            try limit(cell, CustomerAttribute.longestValue)
            if isKept { customer.attributes.append((name, cell.text)) }
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
