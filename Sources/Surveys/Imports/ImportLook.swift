package import Formats
package import Kernel

/// What would become of a file: counts alone, nothing is written. That a customer is not clear, only a real
/// import finds out.
package struct ImportLook: Sendable {
    /// What would become of one row.
    enum Verdict {
        case answer, unanswered
        case refused(ImportRefusal)
    }

    private static let batch = 4096

    package private(set) var rows = 0
    package private(set) var recorded = 0
    package private(set) var refused: [ImportRefusal: Int] = [:]
    private var reader: ImportRows
    private let survey: Survey
    private let now: Timestamp
    private var waiting = ValueIndex()

    /// `now` is when the import would begin: the time of answers that name none.
    package init(_ plan: ImportPlan, at now: Timestamp) {
        reader = ImportRows(plan)
        survey = plan.survey
        self.now = now
    }

    /// Ids wait to be looked up.
    package var isFull: Bool { waiting.count >= Self.batch }

    package mutating func take(_ row: CSVRow) {
        rows += 1
        switch Self.verdict(on: row, begun: now, &reader, &waiting) {
        case .answer: recorded += 1
        case .unanswered: break
        case .refused(let reason): refused[reason, default: 0] += 1
        }
    }

    private static func verdict(
        on row: CSVRow, begun: Timestamp, _ reader: inout ImportRows, _ ids: inout ValueIndex
    ) -> Verdict {
        reader.look(at: row, begun: begun) { _ = ids.number(of: $0) }
    }

    /// Takes out the ids that wait.
    package mutating func cut() -> ImportedIDs {
        defer { waiting = ValueIndex() }
        return ImportedIDs(survey: survey, ids: waiting)
    }

    /// So many of the answers have ids that the survey has already.
    package mutating func note(taken: Int) {
        if taken == 0 { return }
        recorded -= taken
        refused[.duplicate, default: 0] += taken
    }
}

/// Ids of a file's answers, each once, to be looked up among those of the survey.
package struct ImportedIDs: Sendable {
    let survey: Survey
    let ids: ValueIndex

    package var isEmpty: Bool { ids.count == 0 }
}
