package import Database
import Kernel
import Language
package import Ledger

/// Makes the words of answers findable. Words are cut here, so that Chinese and Polish are found alike on
/// both databases.
package enum ResponseSearch {
    package static let consumer = Consumer(
        "response_search", kinds: [.responseRecorded, .responseCompleted], atOnce: Follower.catchingUp
    ) { account, events, tx in
        let completed = Set(events.filter { $0.kind == .responseCompleted }.map(\.subject))
        if !completed.isEmpty {
            try tx.run(
                """
                DELETE FROM response_search
                WHERE account_id = \(account) AND rowid IN \(list: completed.sorted())
                """)
        }
        // In the order of their ids, as the index keeps them.
        let ids = Array(Set(events.map(\.subject))).sorted()
        var rows = NewRows(
            "response_search", [("rowid", .integer), ("account_id", .integer), ("words", .text)])
        var line = SearchLine()
        for start in stride(from: 0, to: ids.count, by: chunk) {
            let some = Array(ids[start..<min(start + chunk, ids.count)])
            for answer in try texts(of: some, account, in: tx) {
                let words = line.line(of: answer.texts)
                if !words.isEmpty { rows.add([.of(answer.id), .of(account), .of(words)]) }
            }
        }
        try tx.insert(rows)
    }

    private static let chunk = 1000

    /// What was written in some answers, in the order of their ids.
    private static func texts(
        of ids: [Int64], _ account: Int64, in tx: any Connection
    ) throws -> [(id: Int64, texts: [String])] {
        var further: [Int64: [String]] = [:]
        let answers = try tx.run(
            """
            SELECT response_id, words FROM answers
            WHERE account_id = \(account) AND response_id IN \(list: ids) AND words IS NOT NULL
            ORDER BY response_id, question, item LIMIT 100000
            """)
        for row in answers {
            further[try row.int64("response_id"), default: []].append(try row.text("words"))
        }
        return try tx.run(
            """
            SELECT id, comment FROM responses
            WHERE account_id = \(account) AND id IN \(list: ids) ORDER BY id LIMIT \(ids.count)
            """
        ).map { row in
            let id = try row.int64("id")
            let comment = try row.optionalText("comment")
            return (id, (comment.map { [$0] } ?? []) + (further.isEmpty ? [] : further[id] ?? []))
        }
    }

    /// Words of deleted rows stay in SQLite's index until it is merged. As long as the index is large: for a
    /// restore, which must bring nobody back.
    package static func forgetDeleted(in tx: any Connection) throws {
        guard tx.dialect == .sqlite else { return }
        try tx.run("INSERT INTO response_search (response_search) VALUES ('optimize') -- sqlite")
    }
}
