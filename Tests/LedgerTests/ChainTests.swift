import Database
import Kernel
import TestKit
import Testing

@testable import Ledger

@Suite struct SealerTests {
    @Test(arguments: Backend.available)
    func `a hundred processes seal at once, without a gap and each event once`(backend: Backend) async throws
    {
        let scene = try await Scene(backend)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<100 {
                group.addTask { try await scene.append(3, account: Int64(number % 3)) }
                group.addTask { _ = try await scene.follower(holder: "process \(number)").pass() }
            }
            try await group.waitForAll()
        }
        scene.clock.advance(by: .seconds(11))
        try await scene.seal()
        #expect(try await scene.count("SELECT COUNT(*) AS n FROM events") == 300)
        #expect(try await scene.count("SELECT COUNT(DISTINCT id) AS n FROM events") == 300)
        for account in 0..<3 {
            let report = try await ChainVerifier(database: scene.database).verify(account: Int64(account))
            #expect(report.fault == nil && report.events == (account == 0 ? 102 : 99))
        }
    }

    @Test(arguments: Backend.available)
    func `many accounts are sealed in few commits, with one link each`(backend: Backend) async throws {
        let scene = try await Scene(backend)
        for account in 0..<50 { try await scene.append(4, account: Int64(account)) }
        try await scene.seal()
        #expect(try await scene.count("SELECT COUNT(*) AS n FROM ledger_links") == 50)
        #expect(try await scene.count("SELECT COUNT(*) AS n FROM unsealed_events") == 0)
    }

    @Test(arguments: Backend.available)
    func `who lost the lease seals nothing`(backend: Backend) async throws {
        let scene = try await Scene(backend)
        try await scene.append(2)
        let sealer = Sealer(database: scene.database)
        let take = { (holder: String) in
            try await scene.database.write { [now = scene.clock.now] tx in
                try Lease.take("follower", holder: holder, for: .seconds(10), at: now, in: tx)
            }
        }
        let paused = try #require(try await take("paused"))
        scene.clock.advance(by: .seconds(10))
        let next = try #require(try await take("next"))
        await #expect(throws: LeaseLost.self) {
            try await sealer.seal([1], under: paused) { scene.clock.now }
        }
        #expect(try await scene.count("SELECT COUNT(*) AS n FROM events") == 0)
        // The control: the same call under the lease that holds.
        #expect(try await sealer.seal([1], under: next) { scene.clock.now }.sealed == 2)
    }

    @Test(arguments: Backend.available)
    func `an account whose chain cannot go on stops nobody else`(backend: Backend) async throws {
        let scene = try await Scene(backend)
        try await scene.append(1, account: 1)
        try await scene.append(1, account: 2)
        try await scene.run(
            """
            INSERT INTO events (account_id, position, id, kind, subject_id, actor, payload, happened_at)
            VALUES (1, 1, 9, 'kettle.boiled', 1, 'system', '{}', 1)
            """)
        let started = scene.clock.now
        await #expect(throws: Follower.NotIdle.self) { try await scene.seal() }
        #expect(try await scene.count("SELECT COUNT(*) AS n FROM events WHERE account_id = 2") == 1)
        #expect(try await scene.database.read { tx in try Ledger.oldestUnsealed(in: tx) } == started)
    }
}

@Suite struct ChainVerifierTests {
    /// Somebody with access to the file, and where that must show.
    struct Tampering: Sendable {
        let sql: @Sendable (_ account: Int64, _ at: Int, _ other: Int) -> [SQL]
        /// The first broken position, of batches of four.
        let shows: @Sendable (_ at: Int, _ other: Int) -> Int
    }
    static let batch: @Sendable (Int, Int) -> Int = { at, _ in (at - 1) / 4 * 4 + 1 }
    static func change(_ field: SQL) -> Tampering {
        Tampering(
            sql: { account, at, _ in
                ["UPDATE events SET \(field) WHERE account_id = \(account) AND position = \(at)"]
            }, shows: batch)
    }
    static let move: @Sendable (Int64, Int, Int) -> SQL = { account, from, to in
        "UPDATE events SET position = \(to) WHERE account_id = \(account) AND position = \(from)"
    }
    static let tamperings: [Tampering] = [
        change("kind = 'tea.served'"), change("subject_id = subject_id + 1"), change("customer_id = 0"),
        change("actor = 'member:1'"), change("payload = '{ }'"), change("happened_at = happened_at - 1"),
        change("id = id + 1"),
        Tampering(
            sql: { account, at, _ in ["DELETE FROM events WHERE account_id = \(account) AND position = \(at)"]
            },
            shows: { at, _ in at }),
        Tampering(
            sql: { account, at, other in
                [move(account, at, 99), move(account, other, at), move(account, 99, other)]
            },
            shows: { at, other in batch(min(at, other), 0) }),
        Tampering(
            sql: { account, at, _ in
                [
                    """
                    UPDATE events SET position = position + 1000
                    WHERE account_id = \(account) AND position >= \(at)
                    """,
                    """
                    UPDATE events SET position = position - 999
                    WHERE account_id = \(account) AND position > 1000
                    """,
                    """
                    INSERT INTO events
                      (account_id, position, id, kind, subject_id, actor, payload, happened_at)
                    VALUES (\(account), \(at), 1, 'kettle.boiled', 5, 'system', '{}', 1)
                    """,
                ]
            }, shows: batch),
    ]

    @Test(arguments: Backend.available)
    func `of a hundred tamperings a hundred are found, where they are`(backend: Backend) async throws {
        let scene = try await Scene(backend)
        let (accounts, verifier) = ((1...100).map(Int64.init), ChainVerifier(database: scene.database))
        for account in accounts { try await scene.append(12, account: account, subject: account) }
        try await scene.database.write { tx in
            for account in accounts { for _ in 0..<3 { _ = try Sealer.seal(account, limit: 4, in: tx) } }
        }
        for account in accounts {
            let whole = try await verifier.verify(account: account)
            #expect(whole.fault == nil && whole.events == 12 && whole.links == 3 && whole.head.count == 64)
        }
        for account in accounts {
            let tampering = Self.tamperings[Int(account) % Self.tamperings.count]
            let at = Int(account * 7 % 12) + 1
            let other = at % 12 + 1
            let statements = tampering.sql(account, at, other)
            try await scene.database.write { tx in for sql in statements { try tx.run(sql) } }
            let fault = try await verifier.verify(account: account).fault
            #expect(
                fault?.position == tampering.shows(at, other),
                "account \(account) at \(at): \(String(describing: fault))")
        }
    }

    @Test(
        arguments: [
            (
                """
                INSERT INTO events
                SELECT account_id, 5, id, kind, subject_id, customer_id, actor, payload, happened_at
                FROM events WHERE position = 4
                """, 5, "unlinked"
            ),
            ("UPDATE ledger_links SET link = 'x'", 1, "altered"),
            ("UPDATE ledger_links SET link = 'x' WHERE position = 4", 2, "altered"),
            ("DELETE FROM ledger_links", 1, "unlinked"),
            ("UPDATE ledger_heads SET link = 'x'", 4, "head_mismatch"),
            ("UPDATE ledger_heads SET position = 5", 5, "missing"),
            ("UPDATE events SET actor = 'nobody' WHERE position = 3", 3, "unreadable"),
        ] as [(SQL, Int, String)])
    func `links, heads and the end of the chain are checked too`(
        tampering: SQL, position: Int, reason: String
    ) async throws {
        let scene = try await Scene(.sqlite)
        try await scene.append(1)
        try await scene.seal()
        try await scene.append(3)
        try await scene.seal()
        try await scene.run(tampering)
        let fault = try await ChainVerifier(database: scene.database).verify(account: 1).fault
        #expect(fault?.position == position)
        #expect(fault?.reason.rawValue == reason)
    }

    @Test func `an account without events is whole`() async throws {
        let report = try await ChainVerifier(database: Scene(.sqlite).database).verify(account: 1)
        #expect(report == ChainVerifier.Report(events: 0, links: 0, head: "", fault: nil))
    }

    @Test func `fields that run together make other links`() {
        let event = { (kind: EventKind, payload: String) in
            SealedEvent(
                account: 1, position: 1, id: 1, kind: kind, subject: 1, customer: nil, actor: .system,
                payloadText: payload, happenedAt: Timestamp(milliseconds: 0))
        }
        let link = { (events: [SealedEvent]) in
            var link = ChainLink(account: 1, after: "")
            for event in events { link.add(event) }
            return link.finish()
        }
        #expect(link([event(EventKind("ab.c"), "d")]) != link([event(EventKind("ab.cd"), "")]))
        #expect(link([event(EventKind("a.b"), "")]) == link([event(EventKind("a.b"), "")]))
    }
}
