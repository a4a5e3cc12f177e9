import Database
import Formats
import Kernel

extension KeptAnswer {
    /// What was answered under this key, `nil` when it is free. Throws where the body was another.
    func find(in tx: any Connection) throws -> (status: Int, body: JSONValue?)? {
        let rows = try tx.run(
            """
            SELECT body_hash, status, answer FROM idempotency_keys
            WHERE account_id = \(accountID) AND path = \(path) AND client_key = \(key)
            """)
        guard let row = rows.first else { return nil }
        guard try row.text("body_hash") == bodyHash else {
            throw DomainError(.invalid, "idempotency-key-reused")
        }
        let answer = try row.text("answer")
        return (try row.int("status"), answer.isEmpty ? nil : try JSONValue(parsing: answer))
    }

    func keep(_ status: Int, _ body: JSONValue?, at now: Timestamp, in tx: any Connection) throws {
        let rows = try tx.run(
            """
            INSERT INTO idempotency_keys (account_id, path, client_key, body_hash, status, answer, made_at)
            VALUES (\(accountID), \(path), \(key), \(bodyHash), \(status), \(body?.text ?? ""),
              \(now))
            ON CONFLICT (account_id, path, client_key) DO NOTHING RETURNING status
            """)
        if rows.isEmpty { throw KeyTakenMeanwhile() }
    }
}
