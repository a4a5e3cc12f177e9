package import Database
package import Kernel
package import Ledger
package import Outbound

/// What an invitation says, and how it looks.
package typealias InvitationWriter =
    @Sendable (_ outgoing: OutgoingInvitation, _ token: String, _ now: Timestamp) -> MailMessage

/// Sends invitations whose time has come.
package typealias InvitationSender = OutboxSender<InvitationOutbox>

extension OutboxSender where Box == InvitationOutbox {
    /// `perDomain` is the most that one receiving domain is sent in a minute, 0 for any number. Ring
    /// `doorbell` after a wave was planned.
    package convenience init(
        database: any Database, world: World, secret: [UInt8], carrier: any MailCarrier, perDomain: Int = 0,
        settings: Settings = Settings(), doorbell: Doorbell = Doorbell(), write: @escaping InvitationWriter
    ) {
        self.init(
            InvitationOutbox(
                world: world, secret: secret, carrier: carrier, perDomain: perDomain, write: write),
            database: database, now: world.now, settings: settings, doorbell: doorbell)
    }
}

/// The invitations that wait, and the mail that each of them becomes.
package struct InvitationOutbox: Outbox {
    package typealias Outcome = DeliveryOutcome

    package let name = "invitations"
    private let world: World
    private let secret: [UInt8]
    private let links: InvitationLink
    private let carrier: any MailCarrier
    private let perDomain: Int
    private let write: InvitationWriter

    init(
        world: World, secret: [UInt8], carrier: any MailCarrier, perDomain: Int,
        write: @escaping InvitationWriter
    ) {
        self.world = world
        self.perDomain = perDomain
        self.secret = secret
        links = InvitationLink(secret: secret)
        self.carrier = carrier
        self.write = write
    }

    package func anyDue(at now: Timestamp, in tx: any Connection) throws -> Bool {
        try OutgoingInvitation.anyDue(at: now, in: tx)
    }

    package func claim(
        limit: Int, until lease: Timestamp, at now: Timestamp, in tx: any Connection
    ) throws -> (taken: [OutgoingInvitation], looked: Int) {
        try OutgoingInvitation.claim(
            limit: limit, until: lease, perDomain: perDomain, secret: secret, world: world, at: now, in: tx)
    }

    package func anyExpired(at now: Timestamp, in tx: any Connection) throws -> Bool {
        try Invitation.anyExpired(at: now, in: tx)
    }

    package func giveUpExpired(at now: Timestamp, in tx: any Connection) throws -> Int {
        try Invitation.giveUpExpired(world: world, at: now, in: tx)
    }

    package func carry(_ one: OutgoingInvitation, at now: Timestamp) async -> DeliveryOutcome {
        await DeliveryOutcome(of: write(one, links.token(of: one.invitation.first), now), by: carrier)
    }

    package func settle(
        _ one: OutgoingInvitation, _ outcome: DeliveryOutcome, at now: Timestamp, in tx: any Connection
    ) throws -> Bool {
        try one.settle(outcome, world: world, at: now, in: tx)
    }

    package func label(of one: OutgoingInvitation) -> String { "\(one.invitation.id)" }
}
