package import Accounts
package import Database
package import Kernel

/// How far the team is with an answer.
package enum ResponseState: String, Sendable, CaseIterable {
    /// Nobody has said that they read it.
    case unread
    /// Read, and not done with.
    case read
    /// Not done with.
    case open
    case done

    /// What an answer is: `open` is a question about two of them.
    package static let own: [ResponseState] = [.unread, .read, .done]

    func condition(_ account: Int64) -> SQL {
        switch self {
        case .unread: "NOT \(Self.marked(account, "m.read_at IS NOT NULL"))"
        case .read: Self.marked(account, "m.read_at IS NOT NULL AND m.done_at IS NULL")
        case .open: "NOT \(Self.marked(account, "m.done_at IS NOT NULL"))"
        case .done: Self.marked(account, "m.done_at IS NOT NULL")
        }
    }

    private static func marked(_ account: Int64, _ condition: SQL) -> SQL {
        """
        EXISTS (SELECT 1 FROM response_marks m
          WHERE m.account_id = \(account) AND m.response_id = s.response_id AND \(condition))
        """
    }
}

/// Whose an answer is, who has read it and who is done with it. Beside the answer, for answers never change;
/// one that nobody has touched has none.
package struct ResponseMark: Equatable, Sendable {
    package var owner: Member.ID?
    package var readAt: Timestamp?
    package var readBy: Int64?
    package var doneAt: Timestamp?
    package var doneBy: Int64?

    package init() {}

    package var state: ResponseState { doneAt != nil ? .done : readAt != nil ? .read : .unread }

    /// The first one to say so stands.
    mutating func read(by member: Int64?, at now: Timestamp) {
        if readAt == nil { (readAt, readBy) = (now, member) }
    }
    /// Who is done with an answer has read it.
    mutating func finish(by member: Int64?, at now: Timestamp) {
        read(by: member, at: now)
        if doneAt == nil { (doneAt, doneBy) = (now, member) }
    }
    mutating func reopen() { (doneAt, doneBy) = (nil, nil) }
    mutating func unread() {
        reopen()
        (readAt, readBy) = (nil, nil)
    }

    /// Of some answers; one that nobody marked has none.
    package static func find(
        _ ids: [SurveyResponse.ID], account: Int64, in tx: any Connection
    ) throws -> [SurveyResponse.ID: ResponseMark] {
        if ids.isEmpty { return [:] }
        let rows = try tx.run(
            """
            SELECT response_id, owner_id, read_at, read_by, done_at, done_by FROM response_marks
            WHERE account_id = \(account) AND response_id IN \(list: ids) LIMIT 1000
            """)
        return try rows.reduce(into: [:]) { marks, row in
            var mark = ResponseMark()
            mark.owner = try row.optionalID("owner_id")
            mark.readAt = try row.optionalTimestamp("read_at")
            mark.readBy = try row.optionalInt64("read_by")
            mark.doneAt = try row.optionalTimestamp("done_at")
            mark.doneBy = try row.optionalInt64("done_by")
            marks[try row.id("response_id")] = mark
        }
    }

    package func save(_ id: SurveyResponse.ID, account: Int64, in tx: any Connection) throws {
        try tx.run(
            """
            INSERT INTO response_marks
              (response_id, account_id, owner_id, read_at, read_by, done_at, done_by)
            VALUES (\(id), \(account), \(owner), \(readAt), \(readBy), \(doneAt), \(doneBy))
            ON CONFLICT (response_id) DO UPDATE SET owner_id = excluded.owner_id, read_at = excluded.read_at,
              read_by = excluded.read_by, done_at = excluded.done_at, done_by = excluded.done_by
            """)
    }
}

/// Whose answers a list shows.
package enum ResponseOwner: Equatable, Sendable {
    case nobody
    case member(Member.ID)

    /// As addresses and the API say it: `nobody`, an id, on pages also `me`.
    package init?(_ text: String, me: Int64? = nil) {
        if text == "nobody" {
            self = .nobody
        } else if text == "me", let me {
            self = .member(Member.ID(me))
        } else if let id = Member.ID(text) {
            self = .member(id)
        } else {
            return nil
        }
    }

    func condition(_ account: Int64) -> SQL {
        switch self {
        case .nobody:
            """
            NOT EXISTS (SELECT 1 FROM response_marks w
              WHERE w.account_id = \(account) AND w.response_id = s.response_id AND w.owner_id IS NOT NULL)
            """
        case .member(let member):
            """
            s.response_id IN (
              SELECT response_id FROM response_marks WHERE account_id = \(account) AND owner_id = \(member))
            """
        }
    }
}
