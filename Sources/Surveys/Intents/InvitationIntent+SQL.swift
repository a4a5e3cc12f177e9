package import Customers
package import Database
package import Kernel

extension InvitationIntent {
    /// No more are kept of one invitation: whoever opens a link a thousand times is known by then.
    static let mostKept = 200

    private init(_ row: Row) throws {
        id = try row.int64("id")
        kind = try row.value("kind")
        raw = try row.optionalInt("raw")
        isMachine = try row.bool("machine")
        network = try row.optionalText("network")
        happenedAt = try row.timestamp("happened_at")
    }

    /// Newest first.
    static func all(of invitation: Invitation, in tx: any Connection) throws -> [InvitationIntent] {
        try tx.run(
            """
            SELECT id, kind, raw, machine, network, happened_at FROM invitation_intents
            WHERE account_id = \(invitation.account) AND invitation_id = \(invitation.id)
            ORDER BY happened_at DESC, id DESC LIMIT \(mostKept)
            """
        ).map(InvitationIntent.init)
    }

    func insert(of invitation: Invitation, in tx: any Connection) throws {
        try tx.run(
            """
            INSERT INTO invitation_intents
              (id, account_id, invitation_id, survey_id, kind, raw, machine, network, happened_at)
            VALUES (\(id), \(invitation.account), \(invitation.id), \(invitation.survey), \(kind), \(raw),
              \(isMachine), \(network), \(happenedAt))
            """)
    }

    /// How often the links of some surveys were opened, and how often by a machine. `from` is included, `to`
    /// is not.
    package static func opened(
        of surveys: [Survey.ID], account: Int64, from: Timestamp? = nil, to: Timestamp? = nil,
        in tx: any Connection
    ) throws -> LinkVisits {
        try openings(of: surveys, account: account, from: from, to: to, in: tx).values.reduce(
            LinkVisits(), +)
    }

    /// The same for each survey; one whose links nobody opened is left out.
    package static func openings(
        of surveys: [Survey.ID], account: Int64, from: Timestamp? = nil, to: Timestamp? = nil,
        in tx: any Connection
    ) throws -> [Survey.ID: LinkVisits] {
        if surveys.isEmpty { return [:] }
        let (begin, end) = (from?.milliseconds ?? 0, to?.milliseconds ?? .max)
        let rows = try tx.run(
            """
            SELECT survey_id, machine, COUNT(*) AS n FROM invitation_intents
            WHERE account_id = \(account) AND survey_id IN \(list: surveys) AND kind = 'fetch'
              AND happened_at >= \(begin) AND happened_at < \(end)
            GROUP BY survey_id, machine LIMIT 2000
            """)
        return try rows.reduce(into: [:]) { visits, row in
            let (survey, n): (Survey.ID, Int) = (try row.id("survey_id"), try row.int("n"))
            visits[survey, default: LinkVisits()].all += n
            if try row.bool("machine") { visits[survey, default: LinkVisits()].byMachines += n }
        }
    }

    static func markMachine(_ ids: [Int64], of invitation: Invitation, in tx: any Connection) throws {
        if ids.isEmpty { return }
        try tx.run(
            """
            UPDATE invitation_intents SET machine = TRUE
            WHERE account_id = \(invitation.account) AND id IN \(list: ids)
            """)
    }

    /// What somebody opened who is erased.
    @Sendable package static func forget(
        customer: Customer.ID, account: Int64, in tx: any Connection
    ) throws {
        let theirs: SQL =
            "SELECT id FROM invitations WHERE account_id = \(account) AND customer_id = \(customer)"
        try tx.run(
            """
            DELETE FROM invitation_intents WHERE account_id = \(account) AND invitation_id IN (\(theirs))
            """)
        try tx.run(
            """
            DELETE FROM provisional_scores WHERE account_id = \(account) AND invitation_id IN (\(theirs))
            """)
    }
}

/// All that looking at a personal link may write, so that a page which is shown can be given this instead of
/// a database.
struct IntentLog: Sendable {
    private let database: any Database
    private let world: World
    private let scanners: ScannerList

    init(database: any Database, world: World, scanners: ScannerList) {
        self.database = database
        self.world = world
        self.scanners = scanners
    }

    func note(
        _ kind: InvitationIntent.Kind, raw: Int?, _ visitor: LinkVisitor, of invitation: Invitation
    ) async {
        // A page is shown even while nothing can be written of it.
        _ = try? await database.write { [self] tx in
            try write(kind, raw: raw, visitor, of: invitation, at: world.now(), in: tx)
        }
    }

    /// Keeps it, with what it says of those before it; true where it is a machine's.
    func write(
        _ kind: InvitationIntent.Kind, raw: Int?, _ visitor: LinkVisitor, of invitation: Invitation,
        at now: Timestamp, in tx: any Connection
    ) throws -> Bool {
        let earlier = try InvitationIntent.all(of: invitation, in: tx)
        var intent = InvitationIntent(
            id: world.newID(), kind: kind, raw: raw,
            isMachine: InvitationIntent.isTellTale(kind, visitor, of: invitation, scanners, at: now),
            network: visitor.network, happenedAt: now)
        if intent.isFoundOut(by: earlier) { intent.isMachine = true }
        let found = earlier.filter { !$0.isMachine && intent.findsOut($0) }.map(\.id)
        try InvitationIntent.markMachine(found, of: invitation, in: tx)
        if earlier.count < InvitationIntent.mostKept { try intent.insert(of: invitation, in: tx) }
        if kind == .decoy {
            try ProvisionalScore.withdraw(of: invitation, since: now - InvitationIntent.scanned, in: tx)
        }
        return intent.isMachine
    }
}
