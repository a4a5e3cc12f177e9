import Database
import Kernel
import Ledger

extension ReceivingDomains {
    /// Those of some addresses.
    init(
        of addresses: [String], perMinute: Int, in tx: any Connection
    ) throws {
        let names = Set(addresses.map(ReceivingDomain.name(of:))).sorted()
        let rows =
            names.isEmpty
            ? []
            : try tx.run(
                """
                SELECT domain, next_at, failures, stopped_until FROM receiving_domains
                WHERE domain IN \(list: names)
                """)
        self.init(try rows.map(ReceivingDomain.init), perMinute: perMinute)
    }

    /// Keeps the turns that were given, and forgets domains that nobody has written to for a day.
    func write(at now: Timestamp, in tx: any Connection) throws {
        if changed.isEmpty { return }
        for domain in changed.sorted().compactMap({ known[$0] }) {
            try tx.run(
                """
                INSERT INTO receiving_domains (domain, next_at, failures, stopped_until)
                VALUES (\(domain.name), \(domain.nextAt), 0, \(domain.stoppedUntil))
                ON CONFLICT (domain) DO UPDATE SET next_at = excluded.next_at
                """)
        }
        let dayAgo = now + .seconds(-86_400)
        try tx.run(
            "DELETE FROM receiving_domains WHERE next_at < \(dayAgo) AND stopped_until < \(dayAgo)")
    }
}

extension ReceivingDomain {
    init(_ row: Row) throws {
        name = try row.text("domain")
        nextAt = try row.timestamp("next_at")
        failures = try row.int("failures")
        stoppedUntil = try row.timestamp("stopped_until")
    }

    /// Nothing leaves for that domain for a while. Several messages that meet one fault are one failure.
    static func stop(
        domainOf address: String, because reason: String, at now: Timestamp, in tx: any Connection
    ) throws {
        let name = name(of: address)
        let before = try tx.run(
            """
            SELECT domain, next_at, failures, stopped_until FROM receiving_domains WHERE domain = \(name)
            """
        ).first.map(ReceivingDomain.init)
        if let before, before.stoppedUntil > now { return }
        let failures = (before?.failures ?? 0) + 1
        try tx.run(
            """
            INSERT INTO receiving_domains (domain, next_at, failures, stopped_until, reason)
            VALUES (\(name), \(now), \(failures), \(now + pause(after: failures)),
              \(FailureReason(reason).description))
            ON CONFLICT (domain) DO UPDATE SET failures = excluded.failures,
              stopped_until = excluded.stopped_until, reason = excluded.reason
            """)
    }

    /// It takes mail again.
    static func goOn(domainOf address: String, in tx: any Connection) throws {
        try tx.run(
            """
            UPDATE receiving_domains SET failures = 0, stopped_until = 0, reason = NULL
            WHERE domain = \(name(of: address))
            """)
    }
}
