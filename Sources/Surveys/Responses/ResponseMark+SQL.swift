package import Database
package import Kernel

/// How far the team is with an answer.
package enum ResponseState: String, Sendable, CaseIterable {
    /// Nobody has said that they read it.
    case unread
    /// Not done with.
    case open
    case done

    func condition(_ account: Int64) -> SQL {
        switch self {
        case .unread: "s.response_id NOT IN (\(Self.marked(account, "read_at IS NOT NULL")))"
        case .open: "s.response_id NOT IN (\(Self.marked(account, "done_at IS NOT NULL")))"
        case .done: "s.response_id IN (\(Self.marked(account, "done_at IS NOT NULL")))"
        }
    }

    private static func marked(_ account: Int64, _ condition: SQL) -> SQL {
        "SELECT response_id FROM response_marks WHERE account_id = \(account) AND \(condition)"
    }
}

/// Who has read an answer and who is done with it. Beside the answer, for answers never change.
package struct ResponseMark: Equatable, Sendable {
    package var readAt: Timestamp?
    package var readBy: Int64?
    package var doneAt: Timestamp?
    package var doneBy: Int64?

    package init() {}

    /// The first one to say so stands.
    mutating func read(by member: Int64?, at now: Timestamp) {
        if readAt == nil { (readAt, readBy) = (now, member) }
    }
    mutating func finish(by member: Int64?, at now: Timestamp) {
        if doneAt == nil { (doneAt, doneBy) = (now, member) }
    }

    /// Of some answers; one that nobody marked has none.
    package static func find(
        _ ids: [SurveyResponse.ID], account: Int64, in tx: any Connection
    ) throws -> [SurveyResponse.ID: ResponseMark] {
        if ids.isEmpty { return [:] }
        let rows = try tx.run(
            """
            SELECT response_id, read_at, read_by, done_at, done_by FROM response_marks
            WHERE account_id = \(account) AND response_id IN \(list: ids) LIMIT 1000
            """)
        return try rows.reduce(into: [:]) { marks, row in
            var mark = ResponseMark()
            mark.readAt = try row.optionalTimestamp("read_at")
            mark.readBy = try row.optionalInt64("read_by")
            mark.doneAt = try row.optionalTimestamp("done_at")
            mark.doneBy = try row.optionalInt64("done_by")
            marks[try row.id("response_id")] = mark
        }
    }

    /// Who is done with an answer has read it.
    package func save(_ id: SurveyResponse.ID, account: Int64, in tx: any Connection) throws {
        try tx.run(
            """
            INSERT INTO response_marks (response_id, account_id, read_at, read_by, done_at, done_by)
            VALUES (\(id), \(account), \(readAt), \(readBy), \(doneAt), \(doneBy))
            ON CONFLICT (response_id) DO UPDATE SET read_at = excluded.read_at, read_by = excluded.read_by,
              done_at = excluded.done_at, done_by = excluded.done_by
            """)
    }
}
