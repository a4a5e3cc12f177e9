package import Kernel

/// The servers that take the mail of one domain, as all our senders together treat them.
package struct ReceivingDomain: Equatable, Sendable {
    /// What stands behind the `@`.
    package let name: String
    /// The first moment that no message has as its turn.
    package internal(set) var nextAt: Timestamp
    /// Pauses in a row that the domain has asked for.
    package let failures: Int
    /// Nothing leaves for it before.
    package let stoppedUntil: Timestamp

    /// A turn that was missed by more has to be given anew.
    static let patience = Duration.seconds(60)
    /// Turns are given no further ahead, so that what is withdrawn holds nobody up for long.
    static let horizon = Duration.seconds(600)

    static func name(of address: String) -> String {
        let domain = address.lastIndex(of: "@").map { address[address.index(after: $0)...] }
        return domain.map { $0.lowercased() } ?? ""
    }

    /// A minute, doubled each time, at most an hour.
    static func pause(after failures: Int) -> Duration {
        .seconds(min(60 << min(max(failures - 1, 0), 6), 3600))
    }
}

/// When a message may leave, as far as its receiving domain goes.
enum DomainTurn: Equatable, Sendable {
    case now
    /// Its place in the queue.
    case at(Timestamp)
    /// The queue is long: ask again then.
    case askAgain(Timestamp)
}

/// The domains that one claim writes to.
struct ReceivingDomains {
    private(set) var known: [String: ReceivingDomain]
    private(set) var changed: Set<String> = []
    private let perMinute: Int

    /// `perMinute` is the most that each takes in a minute, 0 for any number.
    init(_ known: [ReceivingDomain], perMinute: Int) {
        self.known = Dictionary(known.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        self.perMinute = perMinute
    }

    /// `turn` is the place in the queue that the message was given before.
    mutating func turn(of address: String, holding turn: Timestamp?, at now: Timestamp) -> DomainTurn {
        let name = ReceivingDomain.name(of: address)
        var domain =
            known[name] ?? ReceivingDomain(name: name, nextAt: now, failures: 0, stoppedUntil: now)
        let isStopped = domain.stoppedUntil > now
        if perMinute == 0 { return isStopped ? .askAgain(domain.stoppedUntil) : .now }
        if let turn, turn <= now, turn + ReceivingDomain.patience > now, !isStopped { return .now }
        let first = max(domain.nextAt, domain.stoppedUntil, now)
        let furthest = now + ReceivingDomain.horizon
        if first > furthest { return .askAgain(isStopped ? max(domain.stoppedUntil, furthest) : furthest) }
        domain.nextAt = first + .milliseconds(60_000 / Double(perMinute))
        known[name] = domain
        changed.insert(name)
        // As many at once as come in a second.
        return first <= now + .seconds(1) ? .now : .at(first)
    }

    /// Whether a message that arrives ends a row of pauses.
    func hasFailed(_ address: String) -> Bool {
        (known[ReceivingDomain.name(of: address)]?.failures ?? 0) > 0
    }
}
