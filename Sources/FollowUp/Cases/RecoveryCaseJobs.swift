import Accounts
package import Database
import Formats
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
            var desk = OpeningDesk(account: account, world: world)
            try desk.take(replies: events.subjects(.replyReceived), in: tx)
            try RecoveryCase.takeCustomers(
                ofResponses: events.subjects(.responseCompleted), account: account, in: tx)
            try desk.take(answers: events.mayOpen, arrivals: events.arrivals, in: tx)
            try desk.write(in: tx)
        }
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

/// Opens the cases that follow from one batch of events, and writes them together.
private struct OpeningDesk {
    let account: Int64
    let world: World
    private var promise: (calendar: BusinessCalendar, rota: CaseRota)?
    private var opened: [RecoveryCase] = []
    private var news: [NewEvent] = []

    init(account: Int64, world: World) { (self.account, self.world) = (account, world) }

    mutating func take(replies ids: [Int64], in tx: any Connection) throws {
        let ids = ids.map { Reply.ID($0) }
        let replies = try Reply.find(ids, account: account, in: tx).filter(\.followUp)
        guard !replies.isEmpty else { return }
        let known = try RecoveryCase.known(ofReplies: ids, account: account, in: tx)
        var atWork = try RecoveryCase.customersAtWork(
            among: replies.map(\.customer), account: account, in: tx)
        for reply in replies where !known.contains(reply.id) {
            // Whoever works on a case of theirs reads it there.
            guard let survey = reply.survey, atWork.insert(reply.customer).inserted else { continue }
            let trouble = UnhappyAnswer(
                response: nil, reply: reply.id, survey: survey, customer: reply.customer)
            try open(trouble, reply.receivedAt, in: tx)
        }
    }

    mutating func take(answers: [Int64], arrivals: [Int64: Timestamp], in tx: any Connection) throws {
        let unhappy = try UnhappyAnswer.among(answers, account: account, in: tx)
        guard !unhappy.isEmpty else { return }
        let known = try RecoveryCase.known(
            ofResponses: unhappy.compactMap(\.response), account: account, in: tx)
        for answer in unhappy {
            guard let response = answer.response, !known.contains(response) else { continue }
            try open(answer, arrivals[response.number] ?? world.now(), in: tx)
        }
    }

    /// The promise runs from when the answer came, however late the rule looks.
    private mutating func open(
        _ answer: UnhappyAnswer, _ arrival: Timestamp, in tx: any Connection
    ) throws {
        var (calendar, rota) =
            try promise
            ?? (
                BusinessCalendar.find(account: Account.ID(account), in: tx),
                CaseRota(account: account, at: world.now(), in: tx)
            )
        let owner = rota.next()
        promise = (calendar, rota)
        let rule = answer.reply == nil ? RecoveryCase.lowestBandRule : RecoveryCase.replyRule
        let recovery = RecoveryCase(
            id: world.id(), account: account, response: answer.response, reply: answer.reply, rule: rule,
            survey: answer.survey, customer: answer.customer, stage: .open, owner: owner,
            queue: owner == nil ? RecoveryCaseJobs.queue : nil,
            dueAt: calendar.due(after: arrival, businessHours: RecoveryCase.businessHoursToRecover),
            openedAt: arrival, round: 1, escalation: .none)
        opened.append(recovery)
        news.append(
            recovery.event(
                .caseOpened, by: .system, payload: owner.map { ["owner": $0.description] } ?? [:],
                id: world.newID(), at: arrival))
    }

    func write(in tx: any Connection) throws {
        try promise?.rota.save(in: tx)
        try RecoveryCase.insert(opened, in: tx)
        try Ledger.append(news, in: tx)
    }
}

extension [SealedEvent] {
    fileprivate func subjects(_ kind: EventKind) -> [Int64] { filter { $0.kind == kind }.map(\.subject) }

    /// Answers that do not say that they open nothing. A file of old ones says so a hundred thousand times,
    /// in few different words.
    fileprivate var mayOpen: [Int64] {
        var known: [String: Bool] = [:]
        return filter { event in
            guard event.kind == .responseRecorded else { return false }
            if let known = known[event.payloadText] { return known }
            let follows = (try? event.payload["follow_up"]?.bool) ?? true
            known[event.payloadText] = follows
            return follows
        }.map(\.subject)
    }

    /// When each answer came.
    fileprivate var arrivals: [Int64: Timestamp] {
        Dictionary(
            filter { $0.kind == .responseRecorded }.map { ($0.subject, $0.happenedAt) },
            uniquingKeysWith: { first, _ in first })
    }
}
