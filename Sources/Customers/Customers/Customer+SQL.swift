package import Database
import Formats
import Kernel

extension Customer {
    static let columns: SQL =
        "id, account_id, external_id, name, language, consented_at, created_at, updated_at"

    init(_ row: Row) throws {
        id = try row.id("id")
        account = try row.int64("account_id")
        externalID = try row.optionalText("external_id")
        name = try row.optionalText("name")
        language = try row.optionalText("language")
        consentedAt = try row.optionalTimestamp("consented_at")
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

    /// All of an account in their order, those after `last`.
    package static func ids(
        after last: ID?, account: Int64, limit: Int, in tx: any Connection
    ) throws -> [ID] {
        try tx.run(
            """
            SELECT id FROM customers WHERE account_id = \(account) AND id > \(last?.number ?? Int64.min)
            ORDER BY id LIMIT \(limit)
            """
        ).map { try $0.id("id") }
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
}

extension KnownCustomer {
    init(_ customer: Customer, in tx: any Connection) throws {
        self = try Self.all([customer], account: customer.account, in: tx)[0]
    }

    /// With contact points, newest first, and attributes.
    static func all(
        _ customers: [Customer], account: Int64, in tx: any Connection
    ) throws -> [KnownCustomer] {
        if customers.isEmpty { return [] }
        let ids = customers.map(\.id)
        var (contacts, suppressed): ([Customer.ID: [ContactPoint]], [Customer.ID: Set<ContactPoint>]) = (
            [:], [:]
        )
        for row in try tx.run(
            """
            SELECT customer_id, kind, value, suppressed_at FROM contact_points
            WHERE account_id = \(account) AND customer_id IN \(list: ids) ORDER BY id DESC LIMIT 100000
            """)
        {
            let id: Customer.ID = try row.id("customer_id")
            let point = ContactPoint(kind: try row.value("kind"), value: try row.text("value"))
            contacts[id, default: []].append(point)
            if try row.optionalTimestamp("suppressed_at") != nil { suppressed[id, default: []].insert(point) }
        }
        let attributes = try CustomerAttribute.all(of: ids, account: account, in: tx)
        return customers.map { customer in
            KnownCustomer(
                customer: customer, contacts: contacts[customer.id] ?? [],
                attributes: attributes[customer.id] ?? [], suppressed: suppressed[customer.id] ?? [])
        }
    }
}

extension CustomerAttribute {
    /// What is known of at most 1,000 customers, by name.
    package static func all(
        of customers: [Customer.ID], account: Int64, in tx: any Connection
    ) throws -> [Customer.ID: [CustomerAttribute]] {
        if customers.isEmpty { return [:] }
        return try tx.run(
            """
            SELECT customer_id, name, value FROM customer_attributes
            WHERE account_id = \(account) AND customer_id IN \(list: customers)
            ORDER BY customer_id, name LIMIT 200000
            """
        ).reduce(into: [:]) { all, row in
            try all[row.id("customer_id"), default: []].append(
                CustomerAttribute(name: row.text("name"), value: row.text("value")))
        }
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
