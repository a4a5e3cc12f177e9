import Customers
import Database
import Kernel
import Ledger
import Surveys
import TestKit
import Testing

@testable import Insight

@Suite struct `After a person is erased` {
    private static let erasure = Erasure(secret: [1], others: [ScoreDays.forget, SurveyResponse.forget])

    private func erase(
        _ name: String, by erasure: Erasure = Self.erasure, in programme: Programme
    ) async throws {
        let (world, now) = (programme.world, programme.clock.now)
        try await programme.database.write { tx in
            let found = try Customer.known(as: name, account: 1, limit: 1, in: tx)
            let customer = try #require(found.first)
            try erasure.erase(customer.id, account: 1, by: .operator, world: world, at: now, in: tx)
        }
    }

    /// Nine live in Łódź; one of them alone is a patron, has four more attributes and speaks Icelandic.
    private func programme(_ backend: Backend) async throws -> Programme {
        let programme = try await Programme(backend)
        let survey = try await programme.survey()
        var answers = (0..<9).map { number in
            GivenAnswer(number, customer: "c\(number)", attributes: ["city": "Łódź", "plan": "gold"])
        }
        for number in answers.indices { answers[number].language = "pl" }
        answers[8].attributes = ["city": "Łódź", "plan": "patron", "v": "a", "w": "b", "x": "c", "y": "d"]
        answers[8].language = "is"
        try await programme.record(answers, for: survey)
        return programme
    }

    private func traits(_ programme: Programme) async throws -> (segments: Set<String>, languages: [String?])
    {
        try await programme.database.read { tx in
            (
                Set(
                    try tx.run("SELECT value FROM response_segments WHERE account_id = 1").map {
                        try $0.text("value")
                    }),
                try tx.run("SELECT language FROM responses WHERE account_id = 1 ORDER BY id").map {
                    try $0.optionalText("language")
                }
            )
        }
    }

    private func cells(_ programme: Programme) async throws -> Set<String> {
        try await programme.database.read { tx in
            Set(
                try tx.run("SELECT dimension, value FROM score_days WHERE account_id = 1").map {
                    "\(try $0.text("dimension"))=\(try $0.text("value"))"
                })
        }
    }

    @Test(arguments: Backend.available)
    func `what hardly anybody else has is taken off, and every count still equals a recount`(
        backend: Backend
    ) async throws {
        let programme = try await programme(backend)
        try await programme.count()
        #expect(try await cells(programme).isSuperset(of: ["plan=patron", "language=is", "city=Łódź"]))
        try await erase("c8", in: programme)
        #expect(try await programme.differences() == [])
        let (segments, languages) = try await traits(programme)
        #expect(segments == ["Łódź", "gold"])
        #expect(languages == Array(repeating: "pl", count: 8) + [nil])
        let left = try await cells(programme)
        #expect(left.isDisjoint(with: ["plan=patron", "language=is", "v=a", "w=b"]))
        #expect(left.isSuperset(of: ["city=Łódź", "plan=", "language="]))
        try await programme.count()
        #expect(try await programme.differences() == [])
    }

    @Test(arguments: Backend.available)
    func `who was not counted yet is counted without what was taken off`(backend: Backend) async throws {
        let programme = try await programme(backend)
        try await erase("c8", in: programme)
        #expect(try await traits(programme).segments == ["Łódź", "gold"])
        try await programme.count()
        #expect(try await programme.differences() == [])
        #expect(try await cells(programme).isDisjoint(with: ["plan=patron", "language=is"]))
    }

    @Test(arguments: Backend.available)
    func `a recount would find counts that were not moved`(backend: Backend) async throws {
        let programme = try await programme(backend)
        try await programme.count()
        let careless = Erasure(
            secret: [1],
            others: [
                { customer, account, tx in
                    let theirs = try tx.run("SELECT id FROM responses WHERE customer_id = \(customer)")
                    for row in theirs {
                        try SurveyResponse.takeOff(["plan"], of: row.id("id"), account: account, in: tx)
                    }
                }
            ])
        try await erase("c8", by: careless, in: programme)
        #expect(try await programme.differences().count == 6)
    }
}
