import Database
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
}
