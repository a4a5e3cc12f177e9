package import Database
package import FollowUp
package import Kernel
package import Ledger
package import Outbound
package import Surveys
package import Web

/// Sends notices whose time has come.
package typealias NoticeSender = OutboxSender<NoticeOutbox>

extension OutboxSender where Box == NoticeOutbox {
    /// `mailbox` is who the mails are from, `bounce` where bounces go, else there, too.
    package convenience init(
        database: any Database, world: World, site: Site, carrier: any MailCarrier, links: VerdictLink,
        from mailbox: MailMessage.Mailbox, bounce: String? = nil, settings: Settings = Settings(),
        doorbell: Doorbell = Doorbell()
    ) {
        let box = NoticeOutbox(
            world: world, site: site, carrier: carrier, links: links, mailbox: mailbox, bounce: bounce)
        self.init(box, database: database, now: world.now, settings: settings, doorbell: doorbell)
    }
}

/// The notices that wait, and the mail that each of them becomes.
package struct NoticeOutbox: Outbox {
    package typealias Outcome = DeliveryOutcome

    package let name = "notices"
    let world: World
    let site: Site
    let carrier: any MailCarrier
    let links: VerdictLink
    let mailbox: MailMessage.Mailbox
    let bounce: String?

    package func anyDue(at now: Timestamp, in tx: any Connection) throws -> Bool {
        if let alarm = try RelayAlarm.find(in: tx), alarm.stoppedUntil > now { return false }
        return try Notice.anyDue(at: now, in: tx)
    }

    package func claim(
        limit: Int, until lease: Timestamp, at now: Timestamp, in tx: any Connection
    ) throws -> (taken: [OutgoingNotice], looked: Int) {
        try OutgoingNotice.claim(limit: limit, until: lease, world: world, at: now, in: tx)
    }

    package func anyExpired(at now: Timestamp, in tx: any Connection) throws -> Bool {
        try Notice.anyExpired(at: now, in: tx)
    }

    package func giveUpExpired(at now: Timestamp, in tx: any Connection) throws -> Int {
        try Notice.giveUpExpired(at: now, in: tx)
    }

    package func carry(_ one: OutgoingNotice, at now: Timestamp) async -> DeliveryOutcome {
        let letter = NoticeLetter(one, site: site, links: links, at: now)
        let message = letter.letter.message(
            id: "\(one.notice.id)", to: .init(name: one.name?.inOneLine, address: one.address),
            from: mailbox, bounce: bounce, account: one.notice.account, customer: letter.customer,
            site: site, at: now)
        return await DeliveryOutcome(of: message, by: carrier)
    }

    package func settle(
        _ one: OutgoingNotice, _ outcome: DeliveryOutcome, at now: Timestamp, in tx: any Connection
    ) throws -> Bool {
        try one.settle(outcome, world: world, at: now, in: tx)
    }

    package func label(of one: OutgoingNotice) -> String { "\(one.notice.id)" }
}
