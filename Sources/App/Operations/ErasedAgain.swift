import Customers
import Database
import Kernel
import Ledger
import Surveys

/// The people whom a backup brings back and a list of erasures takes away again.
struct ErasedAgain: Sendable {
    private let entries: [ErasureLog.Entry]
    /// Nobody can tell who was erased since.
    let hasNoList: Bool
    private(set) var count = 0

    /// Those of `logs`, and of `standard` where it is there.
    init(_ logs: [ErasureLog], and standard: ErasureLog) throws {
        let hasStandard = standard.isThere
        hasNoList = logs.isEmpty && !hasStandard
        entries = try (logs + (hasStandard ? [standard] : [])).flatMap { try $0.entries() }
    }

    /// By the rule that erased them the first time. Who came after the backup is not there, and passed
    /// over.
    mutating func erase(in database: any Database, secret: [UInt8]) async throws {
        if entries.isEmpty { return }
        let node = try await database.write { tx in
            try NodeLease.take(holder: "restore", at: systemNow(), in: tx)
        }
        let snowflakes = Snowflakes(node: node.node)
        let world = World(now: systemNow, newID: { snowflakes.next(at: systemNow()) }, random: randomBytes)
        let erasure = Subscriptions.erasure(secret: secret, world: world)
        for entry in entries {
            let (account, customer) = (entry.account, entry.customer)
            let isErased = try await database.write { tx in
                guard try !Customer.find([customer], account: account, in: tx).isEmpty else { return false }
                try erasure.erase(
                    customer, account: account, by: .operator, world: world, at: world.now(), in: tx)
                return true
            }
            count += isErased ? 1 : 0
        }
        try await database.write { [count] tx in
            if count > 0 { try ResponseSearch.forgetDeleted(in: tx) }
            try node.release(at: systemNow(), in: tx)
        }
    }

    /// The new installation knows all that the lists knew.
    func keep(in log: ErasureLog) throws {
        let known = log.isThere ? Set(try log.entries()) : []
        let more = Set(entries).subtracting(known)
        if !more.isEmpty { try log.append(more.sorted { ($0.at, $0.customer) < ($1.at, $1.customer) }) }
    }

    /// What the command says.
    func sentence(since madeAt: Timestamp) -> String {
        hasNoList
            ? "No list of erasures was found: whoever was erased after \(madeAt.rfc3339) is back. "
                + "Restore again with --erasures if there is one."
            : "\(entries.count) erasures in the lists, \(count) people erased again."
    }
}
