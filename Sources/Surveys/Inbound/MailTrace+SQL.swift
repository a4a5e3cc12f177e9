import Customers
import Database
import Formats
import Kernel
import Outbound

extension MailTrace {
    private static let mostIDs = 20

    /// `account` is the one whose mail this is, `nil` where it may be any's. `nil` for mail of nobody known.
    static func find(
        _ mail: InboundMail, account: Int64?, _ links: InvitationLink, in tx: any Connection
    ) throws -> MailTrace? {
        func isOurs(_ invitation: Invitation) -> Bool { account == nil || invitation.account == account }
        let named = mail.kind == .bounce ? mail.status?.recipient.flatMap(EmailAddress.init) : mail.from
        if let token = mail.token, let invitation = try Invitation.known(by: token, links, in: tx),
            isOurs(invitation)
        {
            return try MailTrace(of: invitation, proof: .token, in: tx)
        }
        for id in mail.messageIDs.prefix(mostIDs).compactMap(LetterID.init) {
            guard let invitation = try Invitation.find(id, in: tx), isOurs(invitation) else { continue }
            let isTheirs = try addresses(of: invitation, in: tx).contains { $0 == named?.normalised }
            return try MailTrace(of: invitation, proof: isTheirs ? .thread : .address, in: tx)
        }
        guard let address = named?.normalised, let account = try account ?? onlyAccount(in: tx) else {
            return nil
        }
        return try tx.run(
            """
            SELECT customer_id FROM contact_points
            WHERE account_id = \(account) AND kind = 'email' AND value = \(address) LIMIT 1
            """
        ).first.map { row in
            MailTrace(
                account: account, invitation: nil, customer: try row.id("customer_id"), contactPoint: nil,
                proof: .address)
        }
    }

    private init(of invitation: Invitation, proof: Proof, in tx: any Connection) throws {
        account = invitation.account
        self.invitation = invitation
        customer = invitation.customer
        contactPoint = try tx.run(
            """
            SELECT contact_point_id FROM invitations
            WHERE account_id = \(invitation.account) AND id = \(invitation.id)
            """
        ).first?.optionalInt64("contact_point_id")
        self.proof = proof
    }

    /// Those that its customer has.
    private static func addresses(of invitation: Invitation, in tx: any Connection) throws -> [String] {
        try tx.run(
            """
            SELECT value FROM contact_points
            WHERE account_id = \(invitation.account) AND customer_id = \(invitation.customer)
              AND kind = 'email' LIMIT 100
            """
        ).map { try $0.text("value") }
    }

    private static func onlyAccount(in tx: any Connection) throws -> Int64? {
        let accounts = try tx.run("SELECT id FROM accounts ORDER BY id LIMIT 2")
        return accounts.count == 1 ? try accounts[0].int64("id") : nil
    }
}

extension Invitation {
    fileprivate static func known(
        by token: String, _ links: InvitationLink, in tx: any Connection
    ) throws -> Invitation? {
        do {
            return try find(token: token, links, in: tx)
        } catch let error as DomainError where error.kind == .notFound {
            return nil
        }
    }

    fileprivate static func find(_ letter: LetterID, in tx: any Connection) throws -> Invitation? {
        try tx.run(
            """
            SELECT \(columns) FROM invitations WHERE id = \(letter.invitation) AND wave_id = \(letter.wave)
            -- every account
            """
        ).first.map(Invitation.init)
    }
}
