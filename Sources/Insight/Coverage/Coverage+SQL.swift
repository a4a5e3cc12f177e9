import Accounts
import Database
import Kernel
import Ledger
import Surveys
import Web

extension Coverage {
    /// More waves than this in one look would bury what stands out.
    static let mostWaves = 2000
    /// Days that are looked at where none are named.
    static let days = 90

    /// Of the waves whose time is in those days.
    static func look(
        at survey: Survey, from: LocalDay, to: LocalDay, zone: Zone, in tx: any Connection
    ) throws -> Coverage {
        let (begin, end, account) = (zone.start(of: from), zone.start(of: to), survey.account)
        let waves = try Wave.sent(
            of: survey.id, from: begin, to: end, account: account, limit: mostWaves, in: tx)
        let passed = try Passed.by(waves, account, in: tx)
        let counts = try counts(of: waves, passed, account, in: tx)
        return Coverage(
            survey: survey, from: from, to: to,
            waves: waves.map { ($0, counts[$0.id] ?? CoverageCounts()) },
            agents: try agents(of: waves, passed, account, in: tx),
            ruleNames: try AskRule.names(
                of: Set(waves.compactMap(\.rule)).sorted(), account: account, in: tx),
            hands: try Hands(
                waves.map { ($0, counts[$0.id]?.listed ?? 0) }, survey, from: begin, to: end, in: tx),
            visits: try InvitationIntent.opened(
                of: [survey.id], account: account, from: begin, to: end, in: tx),
            styles: try styles(of: waves.filter { $0.style == .both }, survey, in: tx))
    }

    private static func counts(
        of waves: [Wave], _ passed: [Passed], _ account: Int64, in tx: any Connection
    ) throws -> [Wave.ID: CoverageCounts] {
        var counts: [Wave.ID: CoverageCounts] = [:]
        for wave in waves { counts[wave.id] = CoverageCounts() }
        for one in passed { counts[one.wave]?.skipped[one.reason, default: 0] += one.people }
        for row in try tally("i.wave_id", of: waves, account, in: tx) {
            try counts[row.id("wave_id")]?.take(row)
        }
        return counts
    }

    /// Whose customers they were, where that is known; the least covered first.
    private static func agents(
        of waves: [Wave], _ passed: [Passed], _ account: Int64, in tx: any Connection
    ) throws -> [(name: String, counts: CoverageCounts)] {
        var counts: [String: CoverageCounts] = [:]
        for one in passed {
            guard let agent = one.agent else { continue }
            counts[agent, default: CoverageCounts()].skipped[one.reason, default: 0] += one.people
        }
        for row in try tally("i.agent", of: waves, account, in: tx) {
            guard let agent = try row.optionalText("agent") else { continue }
            try counts[agent, default: CoverageCounts()].take(row)
        }
        return ranked(counts.map { ($0.key, $0.value) }).compactMap { group in
            group.name.map { ($0, group.counts) }
        }
    }

    /// What became of invitations, reminders not counted, by `place` and state.
    private static func tally(
        _ place: SQL, of waves: [Wave], _ account: Int64, in tx: any Connection
    ) throws -> [Row] {
        if waves.isEmpty { return [] }
        return try tx.run(
            """
            SELECT \(place), i.state, COUNT(*) AS invitations, COUNT(i.response_id) AS answered,
              COUNT(p.invitation_id) AS provisional,
              COUNT(*) FILTER (WHERE i.response_id IS NOT NULL OR \(visited(account, byMachine: false)))
                AS opened,
              COUNT(*) FILTER (WHERE \(visited(account, byMachine: true))) AS scanned,
              COUNT(*) FILTER (WHERE i.state = 'withdrawn' AND i.reason = 'excluded') AS taken_back
            FROM invitations i
              LEFT JOIN provisional_scores p ON p.invitation_id = i.id AND p.account_id = i.account_id
            WHERE i.account_id = \(account) AND i.wave_id IN \(list: waves.map(\.id)) AND i.reminder = 0
            GROUP BY \(place), i.state LIMIT 100000
            """)
    }

    /// Some people who were passed over.
    fileprivate struct Passed {
        let wave: Wave.ID
        let agent: String?
        let reason: AskSkip
        let people: Int

        /// Of a list it stands with the wave, of a rule by agent.
        static func by(_ waves: [Wave], _ account: Int64, in tx: any Connection) throws -> [Passed] {
            if waves.isEmpty { return [] }
            let listed = waves.flatMap { wave in
                wave.skipped.map {
                    Passed(wave: wave.id, agent: wave.agent, reason: AskSkip($0.key), people: $0.value)
                }
            }
            let rows = try tx.run(
                """
                SELECT wave_id, agent, reason, people FROM wave_skips
                WHERE account_id = \(account) AND wave_id IN \(list: waves.map(\.id)) LIMIT 1000000
                """)
            return try listed
                + rows.map { row in
                    let agent = try row.text("agent")
                    return Passed(
                        wave: try row.id("wave_id"), agent: agent.isEmpty ? nil : agent,
                        reason: try row.value("reason"), people: try row.int("people"))
                }
        }
    }

    private static func visited(_ account: Int64, byMachine: Bool) -> SQL {
        """
        EXISTS (SELECT 1 FROM invitation_intents t
          WHERE t.account_id = \(account) AND t.invitation_id = i.id AND t.machine = \(byMachine)
            AND t.kind <> 'decoy')
        """
    }

    /// `nil` where no wave compares them.
    private static func styles(
        of waves: [Wave], _ survey: Survey, in tx: any Connection
    ) throws -> StyleComparison? {
        if waves.isEmpty { return nil }
        let rows = try tx.run(
            """
            SELECT i.style, s.raw, COUNT(*) AS invitations,
              COUNT(*) FILTER (WHERE i.state = 'sent' OR i.response_id IS NOT NULL) AS delivered
            FROM invitations i
              LEFT JOIN scores s ON s.response_id = i.response_id AND s.account_id = i.account_id
            WHERE i.account_id = \(survey.account) AND i.wave_id IN \(list: waves.map(\.id))
              AND i.style IS NOT NULL
            GROUP BY i.style, s.raw LIMIT 1000
            """)
        typealias Style = SurveyDefinition.Style
        var histograms: [Style: ScoreHistogram] = [:]
        var delivered: [Style: Int] = [:]
        for row in rows {
            let style: Style = try row.value("style")
            delivered[style, default: 0] += try row.int("delivered")
            guard let raw = try row.optionalInt("raw") else { continue }
            histograms[style, default: ScoreHistogram(survey.scale)].add(
                raw, times: try row.int("invitations"))
        }
        func side(_ style: Style) -> StyleComparison.Side {
            let histogram = histograms[style] ?? ScoreHistogram(survey.scale)
            let method = Figure.Method(rawValue: survey.method.rawValue) ?? .strict
            return StyleComparison.Side(
                figure: Figure(histogram, method: method),
                response: Share(count: histogram.n, of: delivered[style] ?? 0))
        }
        return StyleComparison(neutral: side(.neutral), coloured: side(.coloured))
    }
}

extension CoverageCounts {
    fileprivate mutating func take(_ row: Row) throws {
        invitations[try row.value("state"), default: 0] += try row.int("invitations")
        answered += try row.int("answered")
        provisional += try row.int("provisional")
        opened += try row.int("opened")
        scanned += try row.int("scanned")
        takenBack += try row.int("taken_back")
    }
}

extension Hands {
    /// `waves` with how many people each looked at.
    fileprivate init(
        _ waves: [(wave: Wave, people: Int)], _ survey: Survey, from: Timestamp, to: Timestamp,
        in tx: any Connection
    ) throws {
        for (wave, people) in waves where wave.isPickedByHand {
            reasons[wave.reason, default: 0] += 1
            hands[wave.plannedBy, default: Hand()].lists += 1
            hands[wave.plannedBy, default: Hand()].picked += people
        }
        let counts = try Exclusion.counts(
            about: survey.id, from: from, to: to, account: survey.account, in: tx)
        for (reason, actor, count) in counts {
            excluded[reason, default: 0] += count
            hands[actor, default: Hand()].excluded += count
        }
        if hands.isEmpty { return }
        let all = PageRequest(limit: PageRequest.largest)
        for member in try Membership.list(account: Account.ID(survey.account), all, in: tx).items {
            names[.member(member.memberID.number)] = member.name
        }
    }
}
