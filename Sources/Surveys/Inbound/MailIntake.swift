import Accounts
package import Customers
package import Database
package import Formats
package import Kernel
package import Ledger
package import Outbound

extension EventKind {
    /// A letter came back.
    package static let invitationBounced = EventKind("invitation.bounced")
    /// Its reader called it unwanted.
    package static let invitationComplained = EventKind("invitation.complained")
    /// A machine answered it.
    package static let invitationAutoReplied = EventKind("invitation.auto_replied")
    /// A person answered it in words.
    package static let replyReceived = EventKind("reply.received")
}

/// Mail that came, read and acted upon: one function behind every door.
///
/// - **Invariant:** nothing here sends mail, so no machine is ever answered and no loop begins.
/// - **Invariant:** an address alone suppresses nobody and takes nobody off the list, for anybody can write
///   one: that needs the token of the letter; a bounce may name the letter's id and where it went instead.
/// - **Invariant:** the same message has one effect, however often and by whatever door it comes.
///
/// A score in words (`9`) is no answer: words may mean a floor, an order, a year. They are kept as a reply.
package struct MailIntake: Sendable {
    package struct Answer: Equatable, Sendable {
        package let kind: InboundMail.Kind
        package let customer: Customer.ID?
    }

    private let world: World
    private let secret: [UInt8]
    private let links: InvitationLink
    /// Mailboxes whose tokens count.
    private let ours: [EmailAddress]

    package init(world: World, secret: [UInt8], ours: [EmailAddress]) {
        self.world = world
        self.secret = secret
        links = InvitationLink(secret: secret)
        self.ours = ours
    }

    /// `recipient` is whom the mail system names, where it does. Asks nobody.
    package func read(_ bytes: [UInt8], recipient: String? = nil) -> InboundMail {
        InboundMail(bytes, ours: ours, recipient: recipient)
    }

    /// `account` is the one whose mail this is, `nil` where it may be any's.
    package func take(_ mail: InboundMail, account: Int64?, in tx: any Connection) throws -> Answer {
        guard let trace = try MailTrace.find(mail, account: account, links, in: tx) else {
            return Answer(kind: mail.kind, customer: nil)
        }
        let meaning = MailMeaning(mail)
        let received = received(mail, meaning, trace)
        if try received.keepOnce(in: tx) { try act(on: mail, meaning, received, trace, in: tx) }
        return Answer(kind: mail.kind, customer: trace.customer)
    }

    private func received(_ mail: InboundMail, _ meaning: MailMeaning, _ trace: MailTrace) -> ReceivedMail {
        var status: DeliveryStatus?
        if case .bounce(let told) = meaning, trace.proof >= .thread { status = told }
        return ReceivedMail(
            id: world.id(), account: trace.account, digest: digest(of: mail), kind: mail.kind,
            weight: status?.weight, status: status?.status, invitation: trace.invitation?.id,
            customer: trace.customer, contactPoint: trace.contactPoint, receivedAt: world.now())
    }

    /// Of what its writer wrote: each system on the way adds lines of its own. Keyed, for the words of a
    /// short reply could be guessed.
    private func digest(of mail: InboundMail) -> String {
        let parts = [
            mail.id ?? "", mail.kind.rawValue, mail.token ?? "", mail.from?.description ?? "", mail.subject,
            mail.messageIDs.joined(separator: " "), mail.text,
        ]
        return String(SecretHash.keyed(by: secret, "mail " + parts.joined(separator: "\n")).prefix(32))
    }

    private func act(
        on mail: InboundMail, _ meaning: MailMeaning, _ received: ReceivedMail, _ trace: MailTrace,
        in tx: any Connection
    ) throws {
        switch meaning {
        case .bounce(let status): try bounce(status, received, trace, in: tx)
        case .complaint:
            guard trace.proof == .token, let invitation = trace.invitation else { return }
            try Leaving.leave(invitation, world: world, at: received.receivedAt, in: tx)
            try tell(.invitationComplained, of: invitation, in: tx)
        case .leave:
            guard trace.proof == .token, let invitation = trace.invitation else { return }
            try Leaving.leave(invitation, world: world, at: received.receivedAt, in: tx)
        case .automatic:
            if let invitation = trace.invitation { try tell(.invitationAutoReplied, of: invitation, in: tx) }
        case .reply: try keepReply(mail, received, trace, in: tx)
        case .nothing: break
        }
    }

    /// What is late may still arrive; what was refused for our sake says nothing of the address.
    private func bounce(
        _ status: DeliveryStatus, _ received: ReceivedMail, _ trace: MailTrace, in tx: any Connection
    ) throws {
        guard trace.proof >= .thread, let invitation = trace.invitation else { return }
        if let point = trace.contactPoint {
            var isGivenUp = status.weight == .hard
            if status.weight == .soft { isGivenUp = try received.isOneSoftTooMany(in: tx) }
            if isGivenUp {
                try CustomerReach.suppress(
                    point: point, because: CustomerReach.bounced, account: trace.account,
                    at: received.receivedAt, in: tx)
            }
        }
        guard status.action == .failed else { return }
        try invitation.markBounced(status.weight.rawValue, at: received.receivedAt, in: tx)
        var told: [(String, JSONValue)] = [("weight", .string(status.weight.rawValue))]
        if let code = status.status { told.append(("status", .string(code))) }
        try tell(.invitationBounced, of: invitation, told, in: tx)
    }

    private func keepReply(
        _ mail: InboundMail, _ received: ReceivedMail, _ trace: MailTrace, in tx: any Connection
    ) throws {
        guard let customer = trace.customer, !mail.said.allSatisfy(\.isWhitespace) else { return }
        let invitation = trace.invitation
        let answer = try invitation?.response.flatMap { id in
            try SurveyResponse.find([id], account: trace.account, in: tx).first
        }
        let reply = Reply(
            id: world.id(), account: trace.account, customer: customer, invitation: invitation?.id,
            survey: invitation?.survey, response: answer?.id, sender: mail.from?.description, mail,
            isProven: trace.proof >= .thread, band: answer?.score.band, at: received.receivedAt)
        try reply.insert(in: tx)
        var payload: JSONObject = ["channel": .string(Invitation.Channel.email.rawValue)]
        if let invitation {
            payload.append("survey", .string(invitation.survey.description))
            payload.append("invitation", .string(invitation.id.description))
        }
        try Ledger.append(
            .replyReceived, about: reply.id.number, customer: customer.number, by: .customer,
            payload: payload, id: world.newID(), account: trace.account, at: received.receivedAt, in: tx)
    }

    private func tell(
        _ kind: EventKind, of invitation: Invitation, _ more: [(String, JSONValue)] = [],
        in tx: any Connection
    ) throws {
        var payload: JSONObject = [
            "survey": .string(invitation.survey.description),
            "wave": .string(Wave.ID(invitation.wave).description),
            "channel": .string(invitation.channel.rawValue),
        ]
        for (name, value) in more { payload.append(name, value) }
        try Ledger.append(
            kind, about: invitation.id.number, customer: invitation.customer?.number, by: .system,
            payload: payload, id: world.newID(), account: invitation.account, at: world.now(), in: tx)
    }
}
