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
        let ids = Array(Set(events.map { SurveyResponse.ID($0.subject) }))
        let responses = try SurveyResponse.find(ids, account: account, in: tx)
        let answers = try SurveyResponse.answers(of: ids, account: account, in: tx)
        for response in responses {
            let texts = [response.comment] + (answers[response.id] ?? []).map(\.words)
            try put(texts.compactMap(\.self).flatMap(SearchWords.cut), for: response, in: tx)
        }
    }

    private static func put(_ words: [String], for response: SurveyResponse, in tx: any Connection) throws {
        try tx.run(
            "DELETE FROM response_search WHERE account_id = \(response.account) AND rowid = \(response.id)")
        if words.isEmpty { return }
        try tx.run(
            """
            INSERT INTO response_search (rowid, account_id, words)
            VALUES (\(response.id), \(response.account), \(words.joined(separator: " ")))
            """)
    }
}
