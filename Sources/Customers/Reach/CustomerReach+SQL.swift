package import Database
package import Kernel

extension CustomerReach {
    /// Of at most 1,000 people, those that the account has.
    package static func find(
        _ ids: [Customer.ID], by kind: Kind, account: Int64, in tx: any Connection
    ) throws -> [Customer.ID: CustomerReach] {
        if ids.isEmpty { return [:] }
        let points = try tx.run(
            """
            SELECT id, customer_id, value, suppressed_at, suppressed_because FROM contact_points
            WHERE account_id = \(account) AND customer_id IN \(list: ids) AND kind = \(kind)
            ORDER BY id DESC LIMIT 100000
            """
        ).reduce(into: [Customer.ID: [Point]]()) { all, row in
            let isOpen = try row.optionalTimestamp("suppressed_at") == nil
            let reason = isOpen ? nil : try row.optionalText("suppressed_because") ?? ""
            try all[row.id("customer_id"), default: []].append(
                Point(id: row.int64("id"), value: row.text("value"), suppressedBecause: reason))
        }
        let rows = try tx.run(
            """
            SELECT \(Customer.columns), restricted_at FROM customers
            WHERE account_id = \(account) AND id IN \(list: ids) LIMIT 1000
            """)
        return try rows.reduce(into: [:]) { all, row in
            let customer = try Customer(row)
            all[customer.id] = CustomerReach(
                customer: customer, isRestricted: try row.optionalTimestamp("restricted_at") != nil,
                points: points[customer.id] ?? [])
        }
    }

    /// Nothing is written to it from now on. The first reason stands.
    package static func suppress(
        point id: Int64, because reason: String, account: Int64, at now: Timestamp, in tx: any Connection
    ) throws {
        try tx.run(
            """
            UPDATE contact_points SET suppressed_at = \(now), suppressed_because = \(reason)
            WHERE account_id = \(account) AND id = \(id) AND suppressed_at IS NULL
            """)
    }
}
