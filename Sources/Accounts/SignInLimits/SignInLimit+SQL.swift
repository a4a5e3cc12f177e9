import Database
import Kernel

extension SignInLimit {
    /// Asks whether a try may go on, and counts it as failed at once, so that tries at the same moment all
    /// count. Returns the seconds to wait, or `nil` for go on. A try that was sent away is not counted.
    static func take(_ subjects: [Subject], at now: Timestamp, in tx: any Connection) throws -> Int? {
        let states = try subjects.map { try ($0, find($0, in: tx)) }
        let waits = states.compactMap { subject, state in
            state?.waitSeconds(free: subject.freeFailures, at: now)
        }
        if let longest = waits.max() { return longest }
        for (subject, state) in states {
            try store(subject, failures: (state?.recent(at: now) ?? 0) + 1, at: now, in: tx)
        }
        return nil
    }

    /// The try was right: the mailbox starts anew, the address gets back this one only, for one right guess
    /// does not excuse fifty wrong ones.
    static func forgive(_ subjects: [Subject], in tx: any Connection) throws {
        for subject in subjects {
            guard let state = try find(subject, in: tx) else { continue }
            let left: Int = if case .address = subject { max(0, state.failures - 1) } else { 0 }
            try store(subject, failures: left, at: state.lastAt, in: tx)
        }
    }

    /// From now on this browser is known at that mailbox.
    static func know(_ device: Subject, at now: Timestamp, in tx: any Connection) throws {
        try store(device, failures: 0, at: now, in: tx)
    }

    /// Failures that no longer count go at once, browsers that were not seen for half a year then.
    static func tidy(at now: Timestamp, in tx: any Connection) throws {
        try tx.run(
            """
            DELETE FROM sign_in_failures
            WHERE last_at < \(now - .seconds(180 * 86_400))
              OR (subject NOT LIKE 'device:%' AND last_at < \(now - .seconds(windowSeconds)))
            """)
    }

    static func isKnown(_ device: Subject, in tx: any Connection) throws -> Bool {
        try find(device, in: tx) != nil
    }

    private static func find(_ subject: Subject, in tx: any Connection) throws -> SignInLimit? {
        let rows = try tx.run("SELECT failures, last_at FROM sign_in_failures WHERE subject = \(subject.key)")
        return try rows.first.map {
            SignInLimit(failures: try $0.int("failures"), lastAt: try $0.timestamp("last_at"))
        }
    }

    private static func store(_ subject: Subject, failures: Int, at now: Timestamp, in tx: any Connection)
        throws
    {
        try tx.run(
            """
            INSERT INTO sign_in_failures (subject, failures, first_at, last_at)
            VALUES (\(subject.key), \(failures), \(now), \(now))
            ON CONFLICT (subject) DO UPDATE SET failures = excluded.failures, last_at = excluded.last_at
            """)
    }
}
