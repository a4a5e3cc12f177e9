import Accounts
import Customers
package import Database
import Formats
package import Kernel
package import Ledger
import Web

extension EventKind {
    package static let wavePlanned = EventKind("wave.planned")
}

extension Wave {
    fileprivate static let columns: SQL = """
        id, account_id, survey_id, channel, touchpoint, style, planned_by, send_at, skipped, unhappy_eligible,
        unhappy_invited, created_at, agent, reason, rule_id
        """

    init(_ row: Row) throws {
        id = try row.id("id")
        account = try row.int64("account_id")
        survey = try row.id("survey_id")
        channel = try row.value("channel")
        touchpoint = try row.optionalText("touchpoint")
        style = try row.optionalValue("style")
        agent = try row.optionalText("agent")
        plannedBy = Actor(try row.text("planned_by")) ?? .system
        reason = try row.optionalValue("reason")
        rule = try row.optionalID("rule_id")
        unhappy = try row.optionalInt("unhappy_eligible").map { eligible in
            Reached(eligible: eligible, invited: try row.optionalInt("unhappy_invited") ?? 0)
        }
        sendAt = try row.timestamp("send_at")
        createdAt = try row.timestamp("created_at")
        skipped = [:]
        for member in (try JSONValue(parsing: row.text("skipped")).object ?? [:]).members {
            guard let reason = ContactPolicy.Refusal(rawValue: member.key) else { continue }
            skipped[reason] = member.value.exactInteger
        }
    }

    fileprivate func insert(by actor: Actor, in tx: any Connection) throws {
        try tx.run(
            """
            INSERT INTO waves (\(Self.columns))
            VALUES (\(id), \(account), \(survey), \(channel), \(touchpoint), \(style), \(actor.description),
              \(sendAt), \(JSONValue.object(skippedJSON).text), \(unhappy?.eligible), \(unhappy?.invited),
              \(createdAt), \(agent), \(reason), \(rule))
            """)
    }

    package static func find(_ id: ID, account: Int64, in tx: any Connection) throws -> Wave {
        let rows = try tx.run("SELECT \(columns) FROM waves WHERE account_id = \(account) AND id = \(id)")
        guard let row = rows.first else { throw DomainError.notFound }
        return try Wave(row)
    }

    /// Of a survey, whose time is in that span, newest first. `from` is included, `to` is not.
    package static func sent(
        of survey: Survey.ID, from: Timestamp, to: Timestamp, account: Int64, limit: Int,
        in tx: any Connection
    ) throws -> [Wave] {
        try tx.run(
            """
            SELECT \(columns) FROM waves
            WHERE account_id = \(account) AND survey_id = \(survey) AND send_at >= \(from) AND send_at < \(to)
            ORDER BY id DESC LIMIT \(limit)
            """
        ).map(Wave.init)
    }
}

extension WaveCoverage {
    /// The last waves of a survey that somebody sent, newest first; those of rules stand with their rule.
    package static func last(
        of survey: Survey.ID, account: Int64, limit: Int, in tx: any Connection
    ) throws -> [WaveCoverage] {
        let waves = try tx.run(
            """
            SELECT \(Wave.columns) FROM waves WHERE account_id = \(account) AND survey_id = \(survey)
              AND rule_id IS NULL
            ORDER BY id DESC LIMIT \(limit)
            """
        ).map(Wave.init)
        if waves.isEmpty { return [] }
        var coverage = Dictionary(uniqueKeysWithValues: waves.map { ($0.id, WaveCoverage(wave: $0)) })
        let counts = try tx.run(
            """
            SELECT wave_id, state, COUNT(*) AS invitations, COUNT(response_id) AS answered FROM invitations
            WHERE account_id = \(account) AND wave_id IN \(list: waves.map(\.id)) AND reminder = 0
            GROUP BY wave_id, state LIMIT 1000
            """)
        for row in counts {
            let (wave, state): (Wave.ID, Invitation.State) = (try row.id("wave_id"), try row.value("state"))
            coverage[wave]?.invitations[state] = try row.int("invitations")
            coverage[wave]?.answered += try row.int("answered")
        }
        return waves.compactMap { coverage[$0.id] }
    }
}

/// Plans waves: finds or makes the people, asks the contact policy about each, and writes an invitation for
/// everybody who may be asked.
package struct WavePlanner: Sendable {
    let world: World
    private let secret: [UInt8]
    private let links: InvitationLink
    /// People who are looked up together.
    private static let batch = 1000

    package init(world: World, secret: [UInt8]) {
        self.world = world
        self.secret = secret
        links = InvitationLink(secret: secret)
    }

    /// Throws `survey-closed`, and `invalid` where an entry means two different customers; then nothing is
    /// planned.
    package func plan(
        _ request: WaveRequest, of survey: Survey.ID, account: Int64, by actor: Actor,
        in tx: any Connection
    ) throws -> WaveCoverage {
        let now = world.now()
        guard try Survey.find(survey, account: account, in: tx).status == .open else {
            throw DomainError.surveyClosed
        }
        let policy = try ContactPolicy.of(account: account, secret: secret, in: tx)
        var wave = Wave(
            id: world.id(), account: account, survey: survey, channel: request.channel,
            touchpoint: request.touchpoint, style: request.style, sendAt: max(request.sendAt ?? now, now),
            createdAt: now)
        (wave.agent, wave.plannedBy, wave.reason) = (request.agent, actor, request.reason)
        var list = NewInvitations(of: wave, reminders: request.reminders.joined, links: links)
        var events: [NewEvent] = []
        func ask(_ people: [Customer.ID]) throws {
            let facts = try ContactFacts(
                of: Array(Set(people)), by: wave.channel, policy, counting: Invitation.State.counted,
                around: wave.sendAt...wave.sendAt, account: account, in: tx)
            let unhappy = try SurveyResponse.unhappy(among: Set(people).sorted(), account: account, in: tx)
            for customer in people {
                list.add(customer, facts, policy, isUnhappy: unhappy.contains(customer), id: world.id())
            }
        }
        for start in stride(from: 0, to: request.to.count, by: Self.batch) {
            let inputs = request.to[start..<min(start + Self.batch, request.to.count)]
            try ask(hear(inputs, account: account, by: actor, at: now, telling: &events, in: tx))
        }
        for start in stride(from: 0, to: request.people.count, by: Self.batch) {
            try ask(Array(request.people[start..<min(start + Self.batch, request.people.count)]))
        }
        (wave.skipped, wave.unhappy) = (list.skipped, list.unhappy)
        try wave.insert(by: actor, in: tx)
        try tx.insert(list.rows)
        events.append(
            NewEvent(
                .wavePlanned, about: wave.id.number, by: actor,
                payload: [
                    "survey": .string(survey.description), "channel": .string(wave.channel.rawValue),
                    "planned": .integer(Int64(list.count)), "skipped": .object(wave.skippedJSON),
                    "reason": .text(wave.reason?.rawValue),
                ], id: world.newID(), account: account, at: now))
        try Ledger.append(events, in: tx)
        var coverage = WaveCoverage(wave: wave)
        if list.count > 0 { coverage.invitations[.planned] = list.count }
        return coverage
    }

    /// The customer of each input, in order; those who were unknown are made.
    private func hear(
        _ inputs: ArraySlice<CustomerInput>, account: Int64, by actor: Actor, at now: Timestamp,
        telling events: inout [NewEvent], in tx: any Connection
    ) throws -> [Customer.ID] {
        var book = try CustomerBook(
            for: Array(inputs), account: account, world: world, at: now, in: tx)
        var people: [Customer.ID] = []
        var problems: [DomainError.Field] = []
        for (index, input) in zip(inputs.indices, inputs) {
            do {
                let change = try book.hear(input, from: .account)
                people.append(change.customer.id)
                if let event = change.event(by: actor, world: world, at: now) { events.append(event) }
            } catch  where error.kind == .conflict {
                problems.append(DomainError.Field("/to/\(index)", "customer-ambiguous"))
            } catch {
                problems += error.fields.map {
                    DomainError.Field("/to/\(index)" + $0.pointer, $0.code, $0.values)
                }
            }
        }
        if !problems.isEmpty { throw DomainError.invalid(problems) }
        try book.write(in: tx)
        return people
    }
}

/// The invitations of one wave on their way into the table.
private struct NewInvitations {
    private let wave: Wave
    private let reminders: String?
    private let links: InvitationLink
    private var seen: Set<Customer.ID> = []
    private(set) var skipped: [ContactPolicy.Refusal: Int] = [:]
    private(set) var unhappy = Wave.Reached()
    private(set) var count = 0
    private(set) var rows = NewRows(
        "invitations",
        [
            ("id", .integer), ("account_id", .integer), ("wave_id", .integer), ("survey_id", .integer),
            ("customer_id", .integer), ("contact_point_id", .integer), ("channel", .text),
            ("language", .text), ("touchpoint", .text), ("style", .text), ("state", .text),
            ("token_hash", .text),
            ("attempts", .integer), ("send_at", .integer), ("expires_at", .integer),
            ("created_at", .integer), ("reminders", .text), ("agent", .text),
        ])

    init(of wave: Wave, reminders: String?, links: InvitationLink) {
        self.wave = wave
        self.reminders = reminders
        self.links = links
    }

    mutating func add(
        _ customer: Customer.ID, _ facts: ContactFacts, _ policy: ContactPolicy, isUnhappy: Bool,
        id: Invitation.ID
    ) {
        let isNew = seen.insert(customer).inserted
        let refusal = isNew ? policy.refusal(of: customer, facts, at: wave.sendAt) : .duplicate
        if isUnhappy, refusal?.isOurs ?? true { unhappy.eligible += 1 }
        guard refusal == nil, let reach = facts.reach[customer] else {
            return skipped[refusal ?? .noAddress, default: 0] += 1
        }
        count += 1
        if isUnhappy { unhappy.invited += 1 }
        rows.add([
            .of(id), .of(wave.account), .of(wave.id), .of(wave.survey), .of(customer),
            .of(reach.openPoint?.id), .of(wave.channel), .of(reach.customer.language),
            .of(wave.touchpoint), .of(wave.style?.dealt(to: id)),
            .of(Invitation.State.planned), .of(links.hash(of: links.token(of: id))), .of(0),
            .of(wave.sendAt), .of(wave.sendAt + Invitation.lifetime), .of(wave.createdAt),
            .of(reminders), .of(wave.agent),
        ])
    }
}
