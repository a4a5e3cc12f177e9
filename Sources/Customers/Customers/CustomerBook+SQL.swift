package import Database
package import Kernel

extension CustomerBook {
    /// Finds everybody who is known by an id or address of the inputs.
    package init(
        for inputs: [CustomerInput], account: Int64, world: World, at now: Timestamp, in tx: any Connection
    ) throws {
        var (byExternalID, byContact): ([String: Customer.ID], [ContactPoint: Customer.ID]) = ([:], [:])
        var customers: [Customer.ID: Customer] = [:]
        let queries = Self.queries(for: inputs, account)
        for row in queries.isEmpty ? [] : try tx.run(queries.joined(" UNION ALL ")) {
            let (customer, value) = (try Customer(row), try row.text("value"))
            customers[customer.id] = customer
            if let kind = ContactPoint.Kind(rawValue: try row.text("known_by")) {
                byContact[ContactPoint(kind: kind, value: value)] = customer.id
            } else {
                byExternalID[value] = customer.id
            }
        }
        self.init(
            account: account, world: world, at: now,
            known: try KnownCustomer.all(Array(customers.values), account: account, in: tx),
            byExternalID: byExternalID, byContact: byContact)
    }

    /// The same with somebody who is meant whatever the inputs say.
    package init(
        for input: CustomerInput, about customer: Customer, world: World, at now: Timestamp,
        in tx: any Connection
    ) throws {
        try self.init(for: [input], account: customer.account, world: world, at: now, in: tx)
        try add(KnownCustomer.all([customer], account: account, in: tx))
    }

    /// Adds people who are meant whatever the inputs say; ids that the account no longer has are passed over.
    package mutating func add(_ ids: [Customer.ID], in tx: any Connection) throws {
        if ids.isEmpty { return }
        let customers = try Customer.find(Array(Set(ids)), account: account, in: tx)
        add(try KnownCustomer.all(customers, account: account, in: tx))
    }

    private static func queries(for inputs: [CustomerInput], _ account: Int64) -> [SQL] {
        var queries: [SQL] = []
        let externalIDs = Set(inputs.compactMap(\.externalID)).sorted()
        if !externalIDs.isEmpty {
            queries.append(
                """
                SELECT 'external_id' AS known_by, external_id AS value, \(Customer.columns) FROM customers
                WHERE account_id = \(account) AND external_id IN \(list: externalIDs)
                """)
        }
        for kind in [ContactPoint.Kind.email, .phone] {
            let values = Set(inputs.compactMap { $0.contact(kind)?.value }).sorted()
            if values.isEmpty { continue }
            queries.append(
                """
                SELECT p.kind AS known_by, p.value AS value, c.id, c.account_id, c.external_id, c.name,
                  c.language, c.consented_at, c.created_at, c.updated_at
                FROM contact_points p JOIN customers c ON c.id = p.customer_id
                WHERE p.account_id = \(account) AND p.kind = \(kind) AND p.value IN \(list: values)
                """)
        }
        return queries
    }

    /// Writes what was heard. Its events are the caller's to append, among those of what else happened.
    package func write(in tx: any Connection) throws {
        let new = Set(newcomers)
        for change in changes where !new.contains(change.customer.id) {
            try change.write(world: world, at: now, in: tx)
        }
        try insertNewcomers(in: tx)
        let names = Set(changes.flatMap(\.newAttributes).map(\.name)).sorted()
        if names.isEmpty { return }
        try tx.run(
            """
            INSERT INTO attribute_names (account_id, name)
            VALUES \(names.map { name -> SQL in "(\(account), \(name))" }.joined(", "))
            ON CONFLICT (account_id, name) DO NOTHING
            """)
    }

    /// As they are after all that was heard of them.
    private func insertNewcomers(in tx: any Connection) throws {
        var customers = NewRows(
            "customers",
            [
                ("id", .integer), ("account_id", .integer), ("external_id", .text), ("name", .text),
                ("language", .text), ("consented_at", .integer), ("created_at", .integer),
                ("updated_at", .integer),
            ])
        var contacts = NewRows(
            "contact_points",
            [
                ("id", .integer), ("account_id", .integer), ("customer_id", .integer), ("kind", .text),
                ("value", .text), ("created_at", .integer),
            ])
        var attributes = NewRows(
            "customer_attributes",
            [("customer_id", .integer), ("account_id", .integer), ("name", .text), ("value", .text)])
        for known in newcomers.compactMap({ people[$0] }) {
            let customer = known.customer
            customers.add([
                .of(customer.id), .of(account), .of(customer.externalID), .of(customer.name),
                .of(customer.language), .of(customer.consentedAt), .of(customer.createdAt),
                .of(customer.updatedAt),
            ])
            for point in known.contacts.reversed() {
                contacts.add([
                    .of(world.newID()), .of(account), .of(customer.id), .of(point.kind), .of(point.value),
                    .of(now),
                ])
            }
            for attribute in known.attributes {
                attributes.add([
                    .of(customer.id), .of(account), .of(attribute.name), .of(attribute.value),
                ])
            }
        }
        for rows in [customers, contacts, attributes] { try tx.insert(rows) }
    }
}
