package import Customers
package import Database
import Kernel

extension ResponseTag {
    private init(_ row: Row) throws {
        self.init(id: try row.id("id"), name: try row.text("name"))
    }

    /// All of an account, in the order of their names.
    package static func all(account: Int64, in tx: any Connection) throws -> [ResponseTag] {
        try tx.run(
            """
            SELECT id, name FROM response_tag_names WHERE account_id = \(account)
            ORDER BY folded LIMIT \(mostInAnAccount)
            """
        ).map(ResponseTag.init)
    }

    /// The tags of those names, each made where the account has none of it yet.
    static func named(
        _ names: [Name], account: Int64, world: World, at now: Timestamp, in tx: any Connection
    ) throws -> [ResponseTag] {
        if names.isEmpty { return [] }
        for name in Set(names).sorted(by: { $0.folded < $1.folded }) {
            try tx.run(
                """
                INSERT INTO response_tag_names (id, account_id, name, folded, created_at)
                VALUES (\(world.newID()), \(account), \(name.shown), \(name.folded), \(now))
                ON CONFLICT (account_id, folded) DO NOTHING
                """)
        }
        let found = try tx.run(
            """
            SELECT id, name FROM response_tag_names
            WHERE account_id = \(account) AND folded IN \(list: names.map(\.folded))
            ORDER BY folded LIMIT \(mostInAnAccount)
            """
        ).map(ResponseTag.init)
        let count = try tx.run(
            "SELECT COUNT(*) AS n FROM response_tag_names WHERE account_id = \(account)")[0].int("n")
        if count > mostInAnAccount {
            throw DomainError.invalid("/tags", "too-many", ["max": String(mostInAnAccount)])
        }
        return found
    }

    /// Of some answers, in the order of their names.
    package static func find(
        _ responses: [SurveyResponse.ID], account: Int64, in tx: any Connection
    ) throws -> [SurveyResponse.ID: [ResponseTag]] {
        if responses.isEmpty { return [:] }
        let rows = try tx.run(
            """
            SELECT t.response_id, n.id, n.name
            FROM response_tags t JOIN response_tag_names n ON n.id = t.tag_id
            WHERE t.account_id = \(account) AND n.account_id = \(account)
              AND t.response_id IN \(list: responses)
            ORDER BY t.response_id, n.folded LIMIT 20000
            """)
        return try rows.reduce(into: [:]) { all, row in
            try all[row.id("response_id"), default: []].append(ResponseTag(row))
        }
    }

    static func put(
        _ tags: [ResponseTag.ID], on response: SurveyResponse.ID, account: Int64, in tx: any Connection
    ) throws {
        if tags.isEmpty { return }
        let rows = tags.map { tag -> SQL in "(\(response), \(tag), \(account))" }
        try tx.run(
            """
            INSERT INTO response_tags (response_id, tag_id, account_id) VALUES \(rows.joined(", "))
            ON CONFLICT (response_id, tag_id) DO NOTHING
            """)
    }

    static func take(
        _ tags: [ResponseTag.ID], off response: SurveyResponse.ID, account: Int64, in tx: any Connection
    ) throws {
        if tags.isEmpty { return }
        try tx.run(
            """
            DELETE FROM response_tags
            WHERE account_id = \(account) AND response_id = \(response) AND tag_id IN \(list: tags)
            """)
        try dropUnused(tags, account: account, in: tx)
    }

    /// A name that no answer carries any more is forgotten.
    private static func dropUnused(
        _ tags: [ResponseTag.ID], account: Int64, in tx: any Connection
    ) throws {
        if tags.isEmpty { return }
        try tx.run(
            """
            DELETE FROM response_tag_names WHERE account_id = \(account) AND id IN \(list: tags)
              AND NOT EXISTS (SELECT 1 FROM response_tags t
                WHERE t.account_id = \(account) AND t.tag_id = response_tag_names.id)
            """)
    }

    /// What the team called the answers of somebody who is erased: it may say who it was.
    @Sendable package static func forget(
        customer: Customer.ID, account: Int64, in tx: any Connection
    ) throws {
        let theirs: SQL =
            "SELECT id FROM responses WHERE account_id = \(account) AND customer_id = \(customer)"
        let tags: [ResponseTag.ID] = try tx.run(
            """
            SELECT DISTINCT tag_id FROM response_tags
            WHERE account_id = \(account) AND response_id IN (\(theirs)) LIMIT \(mostInAnAccount)
            """
        ).map { try $0.id("tag_id") }
        if tags.isEmpty { return }
        try tx.run(
            "DELETE FROM response_tags WHERE account_id = \(account) AND response_id IN (\(theirs))")
        try dropUnused(tags, account: account, in: tx)
    }

    /// Answers that carry a tag of that name, over `scores s`.
    static func condition(named name: Name, account: Int64) -> SQL {
        """
        s.response_id IN (
          SELECT t.response_id FROM response_tags t JOIN response_tag_names n ON n.id = t.tag_id
          WHERE t.account_id = \(account) AND n.account_id = \(account) AND n.folded = \(name.folded))
        """
    }
}
