import Accounts
import Customers
import Database
import Kernel
import Ledger
import Surveys

/// All that is known of one case: what somebody needs who is about to call the customer.
struct CaseFile: Sendable {
    let recovery: RecoveryCase
    /// What opened it, or what the letter was answered with whose reply did; `nil` where that was never
    /// answered.
    let response: SurveyResponse?
    let reply: Reply?
    let survey: Survey
    /// `nil`: nobody to call.
    let customer: CustomerCard?
    /// As the customer has wished it beside this answer.
    let preferredContact: PreferredContact?
    let contacts: [CaseRecord.Contact]
    let verdicts: [CaseRecord.Heard]
    /// Newest first, of the kinds that `contacts` and `verdicts` do not tell themselves.
    let events: [SealedEvent]
    let people: [CasePerson]
    let causes: [String]
    let remedies: [String]
    let reasons: [String]
    let zone: Zone

    private static let told: Set<EventKind> = [
        .caseOpened, .caseAssigned, .caseResolved, .caseClosed, .caseEscalated,
    ]

    static func find(_ id: RecoveryCase.ID, account: Int64, in tx: any Connection) throws -> CaseFile {
        let recovery = try RecoveryCase.find(id, account: account, in: tx)
        let events = try SealedEvent.about(subject: id.number, account: account, limit: 200, in: tx)
        // An erased person's reply is gone, and the case says so.
        let reply = try Reply.find([recovery.reply].compactMap(\.self), account: account, in: tx).first
        let answer = try (recovery.response ?? reply?.response).flatMap { id in
            try SurveyResponse.find([id], account: account, in: tx).first
        }
        return CaseFile(
            recovery: recovery, response: answer, reply: reply,
            survey: try Survey.find(recovery.survey, account: account, in: tx),
            customer: try recovery.customer.map { try CustomerCard.find($0, account: account, in: tx) },
            preferredContact: try answer.flatMap { answer in
                PreferredContact(
                    try SurveyResponse.answers(of: [answer.id], account: account, in: tx)[answer.id] ?? [])
            },
            contacts: try CaseRecord.contacts(of: recovery, in: tx),
            verdicts: try CaseRecord.verdicts(of: recovery, in: tx),
            events: events.filter { told.contains($0.kind) },
            people: try CasePerson.all(account: account, in: tx),
            causes: try CaseRecord.known(.cause, account: account, in: tx),
            remedies: try CaseRecord.known(.remedy, account: account, in: tx),
            reasons: try CaseRecord.known(.closure, account: account, in: tx),
            zone: try Account.find(Account.ID(account), in: tx).zone)
    }

    func name(of member: Member.ID?) -> String? { people.first { $0.id == member }?.name }
}
