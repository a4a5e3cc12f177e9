import Accounts
package import Database
package import Kernel
package import Ledger
import Surveys

/// What opens cases and what escalates them.
package enum RecoveryCaseJobs {
    package static let escalate = JobKind("cases.escalate")
    static let queue = "recovery"

    /// Opens a case for each recorded answer of the lowest band that asks to be followed up, and for replies
    /// that ask for one.
    package static func opener(world: World) -> Consumer {
        let kinds: [EventKind] = [.responseRecorded, .responseCompleted, .replyReceived]
        return Consumer("case-rules", kinds: kinds) { account, events, tx in
            try openForReplies(events.subjects(.replyReceived), account: account, world: world, in: tx)
            let (recorded, completed) = (
                events.subjects(.responseRecorded), events.subjects(.responseCompleted)
            )
            try RecoveryCase.takeCustomers(ofResponses: completed, account: account, in: tx)
            let unhappy = try UnhappyAnswer.among(recorded, account: account, in: tx)
            guard !unhappy.isEmpty else { return }
            let calendar = try BusinessCalendar.find(account: Account.ID(account), in: tx)
            let responses = unhappy.compactMap(\.response)
            let known = try RecoveryCase.known(ofResponses: responses, account: account, in: tx)
            let arrivals = events.arrivals
            for answer in unhappy {
                guard let response = answer.response, !known.contains(response) else { continue }
                let arrival = arrivals[response.number] ?? world.now()
                try open(answer, arrival, account: account, calendar, world: world, in: tx)
            }
        }
    }

    private static func openForReplies(
        _ ids: [Int64], account: Int64, world: World, in tx: any Connection
    ) throws {
        let replies = try Reply.find(ids.map { Reply.ID($0) }, account: account, in: tx).filter(\.followUp)
        guard !replies.isEmpty else { return }
        let calendar = try BusinessCalendar.find(account: Account.ID(account), in: tx)
        var atWork = try RecoveryCase.customersAtWork(
            among: replies.map(\.customer), account: account, in: tx)
        for reply in replies {
            // Whoever works on a case of theirs reads it there.
            guard let survey = reply.survey, atWork.insert(reply.customer).inserted else { continue }
            let trouble = UnhappyAnswer(
                response: nil, reply: reply.id, survey: survey, customer: reply.customer)
            try open(trouble, reply.receivedAt, account: account, calendar, world: world, in: tx)
        }
    }

    /// The promise runs from when the answer came, however late the rule looks.
    private static func open(
        _ answer: UnhappyAnswer, _ arrival: Timestamp, account: Int64, _ calendar: BusinessCalendar,
        world: World, in tx: any Connection
    ) throws {
        let owner = try CaseOwner.next(account: account, at: world.now(), in: tx)
        let rule = answer.reply == nil ? RecoveryCase.lowestBandRule : RecoveryCase.replyRule
        let recovery = RecoveryCase(
            id: world.id(), account: account, response: answer.response, reply: answer.reply, rule: rule,
            survey: answer.survey, customer: answer.customer, stage: .open, owner: owner,
            queue: owner == nil ? queue : nil,
            dueAt: calendar.due(after: arrival, businessHours: RecoveryCase.businessHoursToRecover),
            openedAt: arrival, round: 1, escalation: .none)
        guard try recovery.insertOnce(in: tx) else { return }
        let payload = owner.map { ["owner": $0.description] } ?? [:]
        try recovery.tell(
            .caseOpened, by: .system, payload: payload, world: world, at: arrival, in: tx)
    }

    /// Looks every five minutes for cases whose time has passed.
    package static let schedule = Schedule(escalate, every: .seconds(300))

    package static func escalator(database: any Database, world: World) -> JobHandler {
        JobHandler(escalate) { _ in
            let accounts = try await database.read { tx in
                try RecoveryCase.accountsToEscalate(at: world.now(), in: tx)
            }
            for account in accounts {
                try await database.write { tx in try tellOfLate(account: account, world: world, in: tx) }
            }
            return .done
        }
    }

    /// Each step is told once: the case itself says who has heard.
    package static func tellOfLate(account: Int64, world: World, in tx: any Connection) throws {
        let now = world.now()
        let calendar = try BusinessCalendar.find(account: Account.ID(account), in: tx)
        for var recovery in try RecoveryCase.toEscalate(account: account, at: now, in: tx) {
            guard let next = recovery.nextEscalation(calendar: calendar, at: now) else { continue }
            recovery.escalation = next
            let payload = ["to": next == .managers ? "managers" : "owner"]
            try recovery.save(.caseEscalated, by: .system, payload: payload, world: world, at: now, in: tx)
        }
    }
}

extension [SealedEvent] {
    fileprivate func subjects(_ kind: EventKind) -> [Int64] { filter { $0.kind == kind }.map(\.subject) }

    /// When each answer came.
    fileprivate var arrivals: [Int64: Timestamp] {
        Dictionary(
            filter { $0.kind == .responseRecorded }.map { ($0.subject, $0.happenedAt) },
            uniquingKeysWith: { first, _ in first })
    }
}
