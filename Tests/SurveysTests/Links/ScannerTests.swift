import Database
import Foundation
import Kernel
import TestKit
import Testing

/// A wave of mails that twelve kinds of programs open, and some people (reliability E9).
@Suite struct `Scanners of mail` {
    /// What became of a wave.
    struct Outcome: Equatable {
        /// Answers to invitations that only programs opened.
        var invented = 0
        /// Such invitations whose person could not answer any more.
        var consumed = 0
        var unsubscribed = 0
        /// People whose answer is there with their score.
        var people = 0
        var answers = 0
    }

    /// 10,000 by hand: `RAPPORT_SCANNED=10000`.
    private static let mails =
        ProcessInfo.processInfo.environment["RAPPORT_SCANNED"].flatMap { Int($0) } ?? 120

    /// Every tenth mail belongs to somebody who answers, before or after the program came, by the form or by
    /// looking at the page alone.
    private func wave(_ house: House, getCounts: Bool = false, mails: Int) async throws -> Outcome {
        let web = Web(site: house.site, clock: house.clock, getCounts: getCounts)
        let survey = try await house.survey()
        var people: [Int64: Int] = [:], machines: [Invited] = []
        for index in 0..<mails {
            let scanner = Scanner.allCases[index % Scanner.allCases.count]
            // 10,000 mails and their people take two months of made-up time: links live as long as real ones.
            let link = try await house.invited(
                "p\(index)", to: survey, sentAgo: .seconds(1), expiresIn: .seconds(90 * 86_400))
            guard index % 10 == 0 else {
                try await scanner.scan(link, through: web)
                machines.append(link)
                continue
            }
            let score = (index / 10 * 7 + 3) % 11
            people[link.id.number] = score
            let isFirst = index % 40 == 0
            if isFirst { try await answer(link, score, byForm: true, house.clock) }
            try await scanner.scan(link, through: web)
            if !isFirst { try await answer(link, score, byForm: index % 20 == 10, house.clock) }
        }
        house.clock.advance(by: .seconds(2 * 86_400))
        try await house.work()
        return try await outcome(house, people, machines)
    }

    private func answer(
        _ link: Invited, _ score: Int, byForm: Bool, _ clock: TestClock
    ) async throws {
        clock.advance(by: .seconds(3600))
        let person = Visitor(address: "192.0.2.33")
        _ = try await link.open("?s=\(score)", as: person)
        clock.advance(by: .seconds(7))
        if byForm { try await link.send(score) } else { try await link.confirm(score, as: person) }
    }

    private func outcome(
        _ house: House, _ people: [Int64: Int], _ machines: [Invited]
    ) async throws -> Outcome {
        var outcome = try await house.database.read { tx in
            var outcome = Outcome()
            for row in try tx.run(
                """
                SELECT i.id, s.raw FROM invitations i
                  LEFT JOIN scores s ON s.response_id = i.response_id AND s.account_id = i.account_id
                WHERE i.account_id = 1 ORDER BY i.id
                """)
            {
                let raw = try row.optionalInt("raw")
                if raw != nil { outcome.answers += 1 }
                guard let given = people[try row.int64("id")] else {
                    outcome.invented += raw == nil ? 0 : 1
                    continue
                }
                outcome.people += raw == given ? 1 : 0
            }
            outcome.unsubscribed = try tx.run(
                "SELECT id FROM contact_points WHERE account_id = 1 AND suppressed_at IS NOT NULL"
            ).count
            return outcome
        }
        for link in machines where try await link.open("?s=5").text.contains(" checked") == false {
            outcome.consumed += 1
        }
        return outcome
    }

    @Test(arguments: Backend.available)
    func `invent no answer, use up no link and unsubscribe nobody`(backend: Backend) async throws {
        let mails = Self.mails
        let outcome = try await wave(try await House(on: backend), mails: mails)
        #expect(outcome == Outcome(people: mails / 10, answers: mails / 10))
        print(
            "figures: mails \(mails), counted for machines \(outcome.invented), "
                + "tokens consumed \(outcome.consumed), unsubscribed \(outcome.unsubscribed), "
                + "people \(outcome.people)")
    }

    @Test func `are found where a look counts`() async throws {
        let outcome = try await wave(try await House(on: .sqlite), getCounts: true, mails: 48)
        #expect(outcome.invented > 30)
        #expect(outcome.consumed > 30)
        #expect(outcome.unsubscribed > 20)
        #expect(outcome.people < 5)
    }
}
