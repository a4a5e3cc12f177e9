package import Database
import Formats
package import Kernel

extension Customer {
    static let columns: SQL = "id, account_id, external_id, name, language, created_at, updated_at"

    init(_ row: Row) throws {
        id = try row.id("id")
        account = try row.int64("account_id")
        externalID = try row.optionalText("external_id")
        name = try row.optionalText("name")
        language = try row.optionalText("language")
        createdAt = try row.timestamp("created_at")
        updatedAt = try row.timestamp("updated_at")
    }

    package static func find(_ id: ID, account: Int64, in tx: any Connection) throws -> Customer {
        let rows = try tx.run("SELECT \(columns) FROM customers WHERE account_id = \(account) AND id = \(id)")
        guard let row = rows.first else { throw DomainError.notFound }
        return try Customer(row)
    }

    /// Newest first. `before` is the last one of the page before.
    package static func list(
        account: Int64, before: ID? = nil, limit: Int, in tx: any Connection
    ) throws -> [Customer] {
        try tx.run(
            """
            SELECT \(columns) FROM customers
            WHERE account_id = \(account) AND id < \(before?.number ?? Int64.max)
            ORDER BY id DESC LIMIT \(limit)
            """
        ).map(Customer.init)
    }

    /// Those whose external id, e-mail address or phone number this is, or whose name begins so; newest
    /// first.
    package static func known(
        as text: String, account: Int64, limit: Int, in tx: any Connection
    ) throws -> [Customer] {
        var matches: [SQL] = [
            "external_id = \(text)", "(name >= \(text) AND name < \(text + "\u{10FFFF}"))",
        ]
        for address in [EmailAddress(text)?.normalised, PhoneNumber(text)?.description].compactMap(\.self) {
            matches.append(
                """
                id IN (SELECT customer_id FROM contact_points
                  WHERE account_id = \(account) AND kind IN ('email', 'phone') AND value = \(address))
                """)
        }
        return try tx.run(
            """
            SELECT \(columns) FROM customers WHERE account_id = \(account) AND (\(matches.joined(" OR ")))
            ORDER BY id DESC LIMIT \(limit)
            """
        ).map(Customer.init)
    }

    /// Those of `ids` that the account has, in no order.
    package static func find(_ ids: [ID], account: Int64, in tx: any Connection) throws -> [Customer] {
        if ids.isEmpty { return [] }
        return try tx.run(
            """
            SELECT \(columns) FROM customers WHERE account_id = \(account) AND id IN \(list: ids) LIMIT 1000
            """
        ).map(Customer.init)
    }

    /// What an input would change, found out without writing. Throws where two people are meant.
    package static func change(
        hearing input: CustomerInput, from word: CustomerWord = .account, account: Int64, world: World,
        at now: Timestamp, in tx: any Connection
    ) throws -> CustomerChange {
        let found = input.identifies ? try candidates(for: input, account: account, in: tx) : [:]
        let meant = try meant(
            byExternalID: found["external_id"], byEmail: found["email"], byPhone: found["phone"],
            input: input,
            word: word)
        return try change(meant, hearing: input, from: word, account: account, world: world, at: now, in: tx)
    }

    /// The same for a person who is already known.
    package static func change(
        _ customer: Customer?, hearing input: CustomerInput, from word: CustomerWord, account: Int64,
        world: World,
        at now: Timestamp, in tx: any Connection
    ) throws -> CustomerChange {
        let fresh = Customer(
            id: customer?.id ?? world.id(), account: account, externalID: nil, name: nil, language: nil,
            createdAt: now, updatedAt: now)
        let known = try customer.map { try KnownCustomer($0, in: tx) }
        return try CustomerChange(hearing: input, from: word, known: known, fresh: fresh, at: now)
    }

    /// Who is known by each of the ids and addresses given.
    private static func candidates(
        for input: CustomerInput, account: Int64, in tx: any Connection
    ) throws -> [String: Customer] {
        var queries: [SQL] = []
        if let externalID = input.externalID {
            queries.append(
                """
                SELECT 'external_id' AS known_by, \(columns) FROM customers
                WHERE account_id = \(account) AND external_id = \(externalID)
                """)
        }
        for point in input.contacts {
            queries.append(
                """
                SELECT p.kind AS known_by, c.id, c.account_id, c.external_id, c.name, c.language,
                  c.created_at, c.updated_at
                FROM contact_points p JOIN customers c ON c.id = p.customer_id
                WHERE p.account_id = \(account) AND p.kind = \(point.kind) AND p.value = \(point.value)
                """)
        }
        return Dictionary(
            try tx.run(queries.joined(" UNION ALL ")).map { (try $0.text("known_by"), try Customer($0)) },
            uniquingKeysWith: { first, _ in first })
    }
}

extension KnownCustomer {
    init(_ customer: Customer, in tx: any Connection) throws {
        self.customer = customer
        contacts = try tx.run(
            """
            SELECT kind, value FROM contact_points
            WHERE account_id = \(customer.account) AND customer_id = \(customer.id) ORDER BY id DESC LIMIT 100
            """
        ).map { ContactPoint(kind: try $0.value("kind"), value: try $0.text("value")) }
        attributes = try tx.run(
            """
            SELECT name, value FROM customer_attributes
            WHERE account_id = \(customer.account) AND customer_id = \(customer.id)
            ORDER BY name LIMIT \(CustomerAttribute.mostPerCustomer)
            """
        ).map { CustomerAttribute(name: try $0.text("name"), value: try $0.text("value")) }
    }
}

extension CustomerCard {
    package static func find(_ id: Customer.ID, account: Int64, in tx: any Connection) throws -> CustomerCard
    {
        CustomerCard(try KnownCustomer(Customer.find(id, account: account, in: tx), in: tx))
    }

    init(_ known: KnownCustomer) {
        customer = known.customer
        email = known.contacts.first { $0.kind == .email }?.value
        phone = known.contacts.first { $0.kind == .phone }?.value
        attributes = known.attributes
    }
}
