package import Database
package import Formats
package import Kernel

extension Job {
    /// Enqueues in the transaction that decides it. False when the account has a job of this kind and key, in
    /// whatever state: a done one is forgotten after 7 days, a failed one never.
    @discardableResult
    package static func enqueue(
        _ kind: JobKind, key: String, payload: JSONObject = [:], account: Int64, at now: Timestamp,
        runAt: Timestamp? = nil, id: Int64, in tx: any Connection
    ) throws -> Bool {
        let text = payload.isEmpty ? "{}" : JSONValue.object(payload).text
        return try !tx.run(
            """
            INSERT INTO jobs (id, account_id, kind, unique_key, payload, state, run_at, attempts, lease_token,
              leased_until, created_at)
            VALUES (\(id), \(account), \(kind), \(key), \(text), 'waiting', \(runAt ?? now), 0, 0, 0, \(now))
            ON CONFLICT (account_id, kind, unique_key) DO NOTHING RETURNING id
            """
        ).isEmpty
    }

    /// Throws not-found for what is unknown or another account's.
    package static func find(_ id: ID, account: Int64, in tx: any Connection) throws -> Job {
        let found = try tx.run("SELECT \(columns) FROM jobs WHERE id = \(id) AND account_id = \(account)")
        guard let row = found.first else { throw DomainError.notFound }
        return try Job(row)
    }

    /// Newest first; `before` is the last id on the page before.
    package static func list(
        _ state: State, account: Int64, before: ID? = nil, limit: Int, in tx: any Connection
    ) throws -> [Job] {
        try tx.run(
            """
            SELECT \(columns) FROM jobs
            WHERE account_id = \(account) AND state = \(state) AND id < \(before ?? ID(.max))
            ORDER BY id DESC LIMIT \(limit)
            """
        ).map(Job.init)
    }

    /// Failed and waiting to be tried again by a person, or not. The event tells who asked.
    package static func retry(
        _ id: ID, account: Int64, by actor: Actor, eventID: Int64, at now: Timestamp, in tx: any Connection
    ) throws {
        let job = try find(id, account: account, in: tx)
        guard job.state == .failed else { throw DomainError.jobNotFailed }
        try tx.run(
            """
            UPDATE jobs SET state = 'waiting', run_at = \(now), attempts = 0, finished_at = NULL
            WHERE id = \(id) AND account_id = \(account) AND state = 'failed'
            """)
        try job.tell(.jobRetried, by: actor, eventID: eventID, at: now, in: tx)
    }

    /// One that runs may still touch the outside, but what it would write is refused.
    package static func cancel(
        _ id: ID, account: Int64, by actor: Actor, eventID: Int64, at now: Timestamp, in tx: any Connection
    ) throws {
        let job = try find(id, account: account, in: tx)
        let cancelled = try tx.run(
            """
            UPDATE jobs SET state = 'cancelled', finished_at = \(now)
            WHERE id = \(id) AND account_id = \(account) AND state IN ('waiting', 'running') RETURNING id
            """)
        if cancelled.isEmpty { throw DomainError.jobAlreadyEnded }
        try job.tell(.jobCancelled, by: actor, eventID: eventID, at: now, in: tx)
    }

    private func tell(
        _ event: EventKind, by actor: Actor, eventID: Int64, at now: Timestamp, in tx: any Connection
    ) throws {
        try Ledger.append(
            event, about: id.number, by: actor, payload: ["kind": .string(kind.rawValue)], id: eventID,
            account: account, at: now, in: tx)
    }

    static let columns: SQL = """
        id, account_id, kind, unique_key, payload, state, run_at, attempts, lease_token, leased_until,
        last_error, created_at, finished_at
        """

    init(_ row: Row) throws {
        self.init(
            id: try row.id("id"), account: try row.int64("account_id"), kind: try row.value("kind"),
            key: try row.text("unique_key"), payloadText: try row.text("payload"),
            state: try row.value("state"),
            runAt: try row.timestamp("run_at"), attempts: try row.int("attempts"),
            leaseToken: try row.int64("lease_token"), leasedUntil: try row.timestamp("leased_until"),
            lastError: try row.optionalText("last_error"), createdAt: try row.timestamp("created_at"),
            finishedAt: try row.optionalTimestamp("finished_at"))
    }
}
