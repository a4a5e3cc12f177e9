import Accounts
package import Customers
package import Database
import Formats
import Kernel

extension SavedView {
    private static let columns: SQL = "id, account_id, member_id, name, query, shared, created_at"

    private init(_ row: Row) throws {
        id = try row.id("id")
        account = try row.int64("account_id")
        member = try row.id("member_id")
        name = try row.text("name")
        query = (try? FormFields(parsing: try row.text("query"))) ?? FormFields()
        isShared = try row.bool("shared")
        createdAt = try row.timestamp("created_at")
    }

    /// A member's own and those that others share, by name.
    package static func all(
        for member: Int64?, account: Int64, in tx: any Connection
    ) throws -> [SavedView] {
        try tx.run(
            """
            SELECT \(columns) FROM response_views
            WHERE account_id = \(account) AND (member_id = \(member ?? 0) OR shared = \(true))
            ORDER BY name, id LIMIT 200
            """
        ).map(SavedView.init)
    }

    /// Takes the place of the member's own view of that name. Throws `invalid` for one too many.
    package func save(in tx: any Connection) throws {
        let own = try Self.all(for: member.number, account: account, in: tx).filter { $0.member == member }
        guard own.count < Self.most || own.contains(where: { $0.name == name }) else {
            throw DomainError.invalid("/name", "too-many", ["max": String(Self.most)])
        }
        try tx.run(
            """
            INSERT INTO response_views (\(Self.columns))
            VALUES (\(id), \(account), \(member), \(name), \(query.encoded()), \(isShared), \(createdAt))
            ON CONFLICT (account_id, member_id, name)
            DO UPDATE SET query = excluded.query, shared = excluded.shared
            """)
    }

    /// Its keeper removes it, and whoever keeps the account one that is shared; throws not-found for
    /// anybody else.
    package static func remove(
        _ id: ID, of member: Int64?, keepsAccount: Bool, account: Int64, in tx: any Connection
    ) throws {
        let removed = try tx.run(
            """
            DELETE FROM response_views
            WHERE account_id = \(account) AND id = \(id)
              AND (member_id = \(member ?? 0) OR (shared = \(true) AND \(keepsAccount) = \(true)))
            RETURNING id
            """)
        if removed.isEmpty { throw DomainError.notFound }
    }

    /// Views that search for somebody who is erased, by name, number or address.
    @Sendable package static func forget(
        customer: Customer.ID, account: Int64, in tx: any Connection
    ) throws {
        let views = try tx.run(
            "SELECT \(columns) FROM response_views WHERE account_id = \(account) ORDER BY id LIMIT 10000"
        ).map(SavedView.init)
        if views.isEmpty { return }
        let card = try CustomerCard.find(customer, account: account, in: tx)
        let words =
            [card.customer.name, card.customer.externalID, card.email, card.phone]
            .compactMap(\.self) + [customer.description]
        let theirs = views.filter { $0.names(words) }.map(\.id)
        if theirs.isEmpty { return }
        try tx.run("DELETE FROM response_views WHERE account_id = \(account) AND id IN \(list: theirs)")
    }
}
