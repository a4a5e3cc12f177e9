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
        // What was kept before a release that kept fewer digits is compared with all of its own.
        guard bodyHash.hasPrefix(try row.text("body_hash")) else {
            throw DomainError(.invalid, "idempotency-key-reused")
        }
        let answer = try row.text("answer")
        let body = answer.isEmpty ? nil : try form.restore(JSONValue(parsing: answer), tx)
        return (try row.int("status"), body)
    }

    func keep(_ status: Int, _ body: JSONValue?, at now: Timestamp, in tx: any Connection) throws {
        let rows = try tx.run(
            """
            INSERT INTO idempotency_keys (account_id, path, client_key, body_hash, status, answer, made_at)
            VALUES (\(accountID), \(path), \(key), \(keptHash), \(status), \(text(of: body)),
              \(now))
            ON CONFLICT (account_id, path, client_key) DO NOTHING RETURNING status
            """)
        if rows.isEmpty { throw KeyTakenMeanwhile() }
    }

    static func keep(
        _ answers: [(kept: KeptAnswer, status: Int, body: JSONValue?)], at now: Timestamp,
        in tx: any Connection
    ) throws {
        var rows = NewRows(
            "idempotency_keys",
            [
                ("account_id", .integer), ("path", .text), ("client_key", .text), ("body_hash", .text),
                ("status", .integer), ("answer", .text), ("made_at", .integer),
            ])
        for (kept, status, body) in answers {
            rows.add([
                .of(kept.accountID), .of(kept.path), .of(kept.key), .of(kept.keptHash), .of(status),
                .of(kept.text(of: body)), .of(now),
            ])
        }
        let new = try tx.insert(
            rows, else: "ON CONFLICT (account_id, path, client_key) DO NOTHING RETURNING status")
        if new < answers.count { throw KeyTakenMeanwhile() }
    }

    /// 128 bits tell two bodies under one key apart.
    private var keptHash: String { String(bodyHash.prefix(32)) }

    private func text(of body: JSONValue?) -> String { body.map { form.shorten($0).text } ?? "" }
}
