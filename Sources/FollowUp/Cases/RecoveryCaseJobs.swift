import Accounts
package import Database
package import Kernel
package import Ledger
import Surveys

/// What opens cases and what escalates them.
package enum RecoveryCaseJobs {
    package static let escalate = JobKind("cases.escalate")
    static let queue = "recovery"

    /// Opens a case for each recorded answer of the lowest band that asks to be followed up.
    package static func opener(world: World) -> Consumer {
        Consumer("case-rules", kinds: [.responseRecorded, .responseCompleted]) { account, events, tx in
            let (recorded, completed) = (
                events.subjects(.responseRecorded), events.subjects(.responseCompleted)
            )
            try RecoveryCase.takeCustomers(ofResponses: completed, account: account, in: tx)
            let unhappy = try UnhappyAnswer.among(recorded, account: account, in: tx)
            guard !unhappy.isEmpty else { return }
            let calendar = try BusinessCalendar.find(account: Account.ID(account), in: tx)
            let known = try RecoveryCase.known(ofResponses: unhappy.map(\.response), account: account, in: tx)
            let arrivals = events.arrivals
            for answer in unhappy where !known.contains(answer.response) {
                let arrival = arrivals[answer.response.number] ?? world.now()
                try open(answer, arrival, account: account, calendar, world: world, in: tx)
            }
        }
    }

    /// The promise runs from when the answer came, however late the rule looks.
    private static func open(
        _ answer: UnhappyAnswer, _ arrival: Timestamp, account: Int64, _ calendar: BusinessCalendar,
        world: World, in tx: any Connection
    ) throws {
        let owner = try CaseOwner.next(account: account, at: world.now(), in: tx)
        let recovery = RecoveryCase(
            id: world.id(), account: account, response: answer.response, rule: RecoveryCase.lowestBandRule,
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
