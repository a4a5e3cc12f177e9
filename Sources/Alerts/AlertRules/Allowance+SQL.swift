import Database
import Kernel

/// How many messages a place may get now: a token bucket, and a time in which it gets none.
struct Allowance: Equatable, Sendable {
    let account: Int64
    /// `member 17`, or the mark of a robot's address.
    let place: String
    let burst: Double
    let perSecond: Double
    private(set) var tokens: Double
    private(set) var countedAt: Timestamp
    private(set) var stoppedUntil: Timestamp?

    /// How many messages may leave now.
    var whole: Int { Int(tokens) }

    /// When the next one may.
    func next(at now: Timestamp) -> Timestamp {
        if let stoppedUntil, stoppedUntil > now { return stoppedUntil }
        if tokens >= 1 { return now }
        return now + .milliseconds(Int64(((1 - tokens) / perSecond * 1000).rounded(.up)))
    }

    mutating func spend() { tokens -= 1 }

    mutating func stop(until moment: Timestamp) { stoppedUntil = moment }

    static func find(
        _ place: String, account: Int64, burst: Double, perSecond: Double, at now: Timestamp,
        in tx: any Connection
    ) throws -> Allowance {
        let row = try tx.run(
            """
            SELECT tokens, counted_at, stopped_until FROM alert_allowances
            WHERE account_id = \(account) AND place = \(place)
            """
        ).first
        guard let row else {
            return Allowance(
                account: account, place: place, burst: burst, perSecond: perSecond, tokens: burst,
                countedAt: now)
        }
        let countedAt = try row.timestamp("counted_at")
        // A clock that went back gives nothing and takes nothing.
        let passed = max(0, Double(now.milliseconds - countedAt.milliseconds) / 1000)
        return Allowance(
            account: account, place: place, burst: burst, perSecond: perSecond,
            tokens: min(burst, try row.double("tokens") + passed * perSecond),
            countedAt: max(now, countedAt), stoppedUntil: try row.optionalTimestamp("stopped_until"))
    }

    func save(in tx: any Connection) throws {
        try tx.run(
            """
            INSERT INTO alert_allowances (account_id, place, tokens, counted_at, stopped_until)
            VALUES (\(account), \(place), \(tokens), \(countedAt), \(stoppedUntil))
            ON CONFLICT (account_id, place) DO UPDATE SET
              tokens = excluded.tokens, counted_at = excluded.counted_at,
              stopped_until = excluded.stopped_until
            """)
    }
}
