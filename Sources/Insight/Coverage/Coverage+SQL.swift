import Accounts
import Database
import Kernel
import Surveys

extension Coverage {
    /// More waves than this in one look would bury what stands out.
    static let mostWaves = 400
    /// Days that are looked at where none are named.
    static let days = 90

    /// Of the waves whose time is in those days.
    static func look(
        at survey: Survey, from: LocalDay, to: LocalDay, zone: Zone, in tx: any Connection
    ) throws -> Coverage {
        let (begin, end, account) = (zone.start(of: from), zone.start(of: to), survey.account)
        let waves = try Wave.sent(
            of: survey.id, from: begin, to: end, account: account, limit: mostWaves, in: tx)
        let counts = try counts(of: waves, account, in: tx)
        return Coverage(
            survey: survey, from: from, to: to,
            waves: waves.map { ($0, counts[$0.id] ?? CoverageCounts()) },
            visits: try InvitationIntent.opened(
                of: [survey.id], account: account, from: begin, to: end, in: tx),
            styles: try styles(of: waves.filter { $0.style == .both }, survey, in: tx))
    }

    private static func counts(
        of waves: [Wave], _ account: Int64, in tx: any Connection
    ) throws -> [Wave.ID: CoverageCounts] {
        var counts: [Wave.ID: CoverageCounts] = [:]
        for wave in waves { counts[wave.id, default: CoverageCounts()].skipped = wave.skipped }
        if waves.isEmpty { return counts }
        let rows = try tx.run(
            """
            SELECT i.wave_id, i.state, COUNT(*) AS invitations, COUNT(i.response_id) AS answered,
              COUNT(p.invitation_id) AS provisional,
              COUNT(*) FILTER (WHERE i.response_id IS NOT NULL OR \(visited(account, byMachine: false)))
                AS opened,
              COUNT(*) FILTER (WHERE \(visited(account, byMachine: true))) AS scanned
            FROM invitations i
              LEFT JOIN provisional_scores p ON p.invitation_id = i.id AND p.account_id = i.account_id
            WHERE i.account_id = \(account) AND i.wave_id IN \(list: waves.map(\.id))
            GROUP BY i.wave_id, i.state LIMIT 10000
            """)
        for row in rows {
            let (wave, state): (Wave.ID, Invitation.State) = (try row.id("wave_id"), try row.value("state"))
            counts[wave]?.invitations[state] = try row.int("invitations")
            counts[wave]?.answered += try row.int("answered")
            counts[wave]?.provisional += try row.int("provisional")
            counts[wave]?.opened += try row.int("opened")
            counts[wave]?.scanned += try row.int("scanned")
        }
        return counts
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
