package import Database
import Formats
package import Kernel
package import Ledger
package import Outbound
package import Surveys
package import Web

/// Sends alerts whose time has come.
package typealias AlertSender = OutboxSender<AlertOutbox>

extension OutboxSender where Box == AlertOutbox {
    /// `mailbox` is who the mails are from. Robots are slow at times, so many may be spoken to at once.
    package convenience init(
        database: any Database, world: World, secret: [UInt8], site: Site, mail: any MailCarrier,
        hooks: any HookCarrier, from mailbox: MailMessage.Mailbox, bounce: String? = nil,
        concurrency: Int = 16, doorbell: Doorbell = Doorbell()
    ) {
        var settings = Settings()
        settings.concurrency = concurrency
        let box = AlertOutbox(
            world: world, seal: RobotSeal(secret: secret), site: site, mail: mail, hooks: hooks,
            mailbox: mailbox, bounce: bounce)
        self.init(box, database: database, now: world.now, settings: settings, doorbell: doorbell)
    }
}

/// How an attempt to tell of an answer ended.
package enum AlertOutcome: Equatable, Sendable {
    case sent(String)
    case refused(String)
    case later(String, after: Duration?)
    /// The mail relay itself does not work.
    case relay(String)
    case uncertain(String)

    init(_ delivery: DeliveryOutcome) {
        switch delivery {
        case .sent(let reply): self = .sent(reply)
        case .refused(let reason): self = .refused(reason)
        case .later(let reason), .busy(let reason): self = .later(reason, after: nil)
        case .relay(let reason): self = .relay(reason)
        case .uncertain(let reason): self = .uncertain(reason)
        }
    }

    init(_ reply: RobotReply) {
        switch reply {
        case .taken(let said): self = .sent(said)
        case .later(let said, let pause): self = .later(said, after: pause)
        case .refused(let said): self = .refused(said)
        }
    }
}

/// The alerts that wait, and what each message of them says.
package struct AlertOutbox: Outbox {
    package typealias Outcome = AlertOutcome

    package let name = "alerts"
    let world: World
    let seal: RobotSeal
    let site: Site
    let mail: any MailCarrier
    let hooks: any HookCarrier
    let mailbox: MailMessage.Mailbox
    let bounce: String?

    package func anyDue(at now: Timestamp, in tx: any Connection) throws -> Bool {
        try Alert.anyDue(at: now, in: tx)
    }

    package func claim(
        limit: Int, until lease: Timestamp, at now: Timestamp, in tx: any Connection
    ) throws -> (taken: [OutgoingAlert], looked: Int) {
        try OutgoingAlert.claim(
            limit: limit, until: lease, seal: seal, world: world, at: now, in: tx)
    }

    package func anyExpired(at now: Timestamp, in tx: any Connection) throws -> Bool {
        try Alert.anyExpired(at: now, in: tx)
    }

    package func giveUpExpired(at now: Timestamp, in tx: any Connection) throws -> Int {
        try Alert.giveUpExpired(at: now, in: tx)
    }

    package func carry(_ one: OutgoingAlert, at now: Timestamp) async -> AlertOutcome {
        let words = AlertWords(one, site: site)
        switch one.place {
        case .robot(let robot, let url, let secret):
            let request = words.message.request(to: robot, url: url, secret: secret, at: now)
            return AlertOutcome(await Self.post(request, to: robot, by: hooks))
        case .member(let name, let address):
            let only = one.answers.count == 1 ? one.answers.first : nil
            let message = words.letter.message(
                id: "\(one.alerts[0].id).\(one.alerts.count)",
                to: .init(name: name.inOneLine, address: address), from: mailbox, bounce: bounce,
                account: one.rule.account, customer: only?.customer, site: site, at: now)
            return AlertOutcome(await DeliveryOutcome(of: message, by: mail))
        }
    }

    /// One POST, and what the robot made of it.
    static func post(
        _ request: HookRequest, to robot: Robot, by hooks: any HookCarrier
    ) async -> RobotReply {
        do {
            return RobotReply(try await hooks.post(request), of: robot)
        } catch let failure as HookFailure {
            return RobotReply(failure)
        } catch {
            return .later("\(error)", after: nil)
        }
    }

    package func settle(
        _ one: OutgoingAlert, _ outcome: AlertOutcome, at now: Timestamp, in tx: any Connection
    ) throws -> Bool {
        try one.settle(outcome, world: world, at: now, in: tx)
    }

    package func label(of one: OutgoingAlert) -> String { "\(one.rule.id)" }
}
