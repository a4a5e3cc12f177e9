package import Database
import Formats
import Kernel

extension ImportedIDs {
    /// How many of them the survey has already.
    package func taken(in tx: any Connection) throws -> Int {
        guard !isEmpty else { return 0 }
        if let few = try between(in: tx) { return few }
        return try stride(from: 0, to: ids.count, by: Self.most).reduce(0) { count, start in
            let keys = (start..<min(ids.count, start + Self.most)).map { Import.key(ids[$0]) }
            return count + (try taken(keys, in: tx))
        }
    }

    /// Of one statement.
    private static let most = 4096

    private func taken(_ keys: [String], in tx: any Connection) throws -> Int {
        try tx.run(
            """
            SELECT client_key FROM answer_keys
            WHERE account_id = \(survey.account) AND survey_id = \(survey.id) AND client_key IN \(list: keys)
            """
        ).count
    }

    /// Files mostly number their rows, and what the survey has between the first and the last of some ids is
    /// then little; `nil` where it is more than to look up each. On the embedded database alone: only there
    /// texts stand in the order of their bytes for certain.
    private func between(in tx: any Connection) throws -> Int? {
        guard tx.dialect == .sqlite, let (first, last) = ids.bounds else { return nil }
        let rows = try tx.run(
            """
            SELECT client_key FROM answer_keys
            WHERE account_id = \(survey.account) AND survey_id = \(survey.id)
              AND client_key BETWEEN \(Import.key(first)) AND \(Import.key(last))
            ORDER BY client_key LIMIT \(ids.count) -- sqlite
            """)
        guard rows.count < ids.count else { return nil }
        let prefix = Import.key("").utf8.count
        return try rows.count { row in
            var id = String(try row.text("client_key").utf8.dropFirst(prefix)) ?? ""
            return id.withUTF8 { ids.known($0) } != nil
        }
    }
}
