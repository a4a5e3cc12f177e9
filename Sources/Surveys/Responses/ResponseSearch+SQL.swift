package import Database
import Kernel
import Language
package import Ledger

/// Makes the words of answers findable. Words are cut here, so that Chinese and Polish are found alike on
/// both databases.
package enum ResponseSearch {
    package static let consumer = Consumer(
        "response_search", kinds: [.responseRecorded, .responseCompleted]
    ) { account, events, tx in
        let completed = Set(events.filter { $0.kind == .responseCompleted }.map(\.subject))
        let ids = Array(Set(events.map { SurveyResponse.ID($0.subject) })).sorted()
        let responses = try SurveyResponse.find(ids, account: account, in: tx)
        let answers = try SurveyResponse.answers(of: ids, account: account, in: tx)
        if !completed.isEmpty {
            try tx.run(
                """
                DELETE FROM response_search
                WHERE account_id = \(account) AND rowid IN \(list: completed.sorted())
                """)
        }
        var rows = NewRows(
            "response_search", [("rowid", .integer), ("account_id", .integer), ("words", .text)])
        for response in responses {
            let texts = [response.comment] + (answers[response.id] ?? []).map(\.words)
            let words = texts.compactMap(\.self).flatMap(SearchWords.cut)
            if words.isEmpty { continue }
            rows.add([.of(response.id), .of(account), .of(words.joined(separator: " "))])
        }
        try tx.insert(rows)
    }

    /// Words of deleted rows stay in SQLite's index until it is merged. As long as the index is large: for a
    /// restore, which must bring nobody back.
    package static func forgetDeleted(in tx: any Connection) throws {
        guard tx.dialect == .sqlite else { return }
        try tx.run("INSERT INTO response_search (response_search) VALUES ('optimize') -- sqlite")
    }
}
