import Accounts
import Customers
import Database
import Kernel
import Ledger
import Web

extension PersonalLink {
    /// Throws `DomainError.notFound` for a token that no invitation has.
    static func find(
        _ token: String, _ links: InvitationLink, in tx: any Connection
    ) throws -> PersonalLink {
        let invitation = try Invitation.find(token: token, links, in: tx)
        let account = invitation.account
        let customer = try invitation.customer.flatMap { id in
            try Customer.find([id], account: account, in: tx).first
        }
        return PersonalLink(
            invitation: invitation, address: PersonalAddress(token: token),
            survey: try Survey.find(invitation.survey, account: account, in: tx),
            sender: try Account.find(Account.ID(account), in: tx).sender,
            customerLanguage: customer?.language,
            response: try invitation.response.map {
                try SurveyResponse.find($0, account: account, in: tx)
            })
    }
}

extension Invitation {
    /// Records the one answer of this invitation, or adds the words to the one that stands. `self` was read
    /// in this transaction.
    func answer(
        _ draft: ResponseDraft, for survey: Survey, _ recording: Recording, in tx: any Connection
    ) throws -> SurveyResponse {
        if let response {
            let earlier = try SurveyResponse.find(response, account: account, in: tx)
            try earlier.add(LaterWords(draft), recording, in: tx)
            return earlier
        }
        var draft = draft
        draft.person = customer
        draft.channel = channel.rawValue
        draft.touchpoint = touchpoint
        draft.agent = agent
        let made = try SurveyResponse.record(draft, for: survey, recording, in: tx)
        try tx.run(
            """
            UPDATE invitations SET response_id = \(made.id)
            WHERE account_id = \(account) AND id = \(id) AND response_id IS NULL
            """)
        try tx.run(
            "DELETE FROM provisional_scores WHERE account_id = \(account) AND invitation_id = \(id)")
        return made
    }
}
