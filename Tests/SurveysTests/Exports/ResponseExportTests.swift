import Customers
import Database
import Formats
import Kernel
import Ledger
import Surveys
import TestKit
import Testing

@Suite struct `An export` {
    private func filled(_ backend: Backend, count: Int) async throws -> ImportFixture {
        let fixture = try await ImportFixture(backend)
        let rows = (0..<count).map { "\($0 % 11),=1+\($0),2026-10-\(10 + $0 % 20),C\($0 % 5),R\($0 % 3)\n" }
        _ = try await fixture.take("score,comment,time,customer,region\n" + rows.joined())
        return fixture
    }

    @Test(arguments: Backend.available)
    func `has a row for each answer, over many pages, with its segments`(backend: Backend) async throws {
        let fixture = try await filled(backend, count: 1203)
        let survey = fixture.survey
        let (headings, rows) = try await fixture.database.read { tx in
            let export = try ResponseExport(survey, in: tx)
            var rows: [[CSVCell]] = []
            try export.eachRow(in: tx) { rows.append($0) }
            return (export.headings, rows)
        }
        #expect(rows.count == 1203)
        #expect(Set(rows.map { "\($0[0])" }).count == 1203)
        #expect(rows.allSatisfy { $0.count == headings.count })
        #expect(headings.last == "attribute:region")
        let external = try #require(headings.firstIndex(of: "external_id"))
        #expect(Set(rows.map { "\($0[external])" }).count == 5)
        let times = rows.map { "\($0[3])" }
        #expect(times == times.sorted(by: >))
    }

    @Test(arguments: Backend.available)
    func `shows objects as the API does, and never doubles one`(backend: Backend) async throws {
        let fixture = try await filled(backend, count: 700)
        let survey = fixture.survey
        let objects = try await fixture.database.read { tx in
            var objects: [JSONValue] = []
            try ResponseExport(survey, in: tx).eachObject(in: tx) { objects.append($0) }
            return objects
        }
        #expect(objects.count == 700)
        #expect(Set(objects.compactMap { $0.object?["id"]?.string }).count == 700)
        #expect(objects.first?.object?["attributes"]?.object?["region"]?.string?.hasPrefix("R") == true)
    }

    @Test(arguments: Backend.available)
    func `has a column for each further question`(backend: Backend) async throws {
        let fixture = try await ImportFixture(backend)
        let (survey, world, now) = (fixture.survey, fixture.clock.world, fixture.clock.now)
        let row = try await fixture.database.write { tx in
            var draft = ResponseDraft(score: try #require(Score(9, on: .nps0to10)))
            draft.answers = [
                Answer(question: "why", words: "price"), Answer(question: "grid", item: "speed", number: 4),
                Answer(question: "pick", item: "a", choice: "a"),
            ]
            _ = try SurveyResponse.record(
                draft, for: survey, Recording(source: .api, actor: .operator, world: world, now: now), in: tx)
            let export = try ResponseExport(survey, in: tx)
            var cells: [String: CSVCell] = [:]
            try export.eachRow(in: tx) { row in
                for (heading, cell) in zip(export.headings, row) { cells[heading] = cell }
            }
            return cells
        }
        #expect(row["answer:grid.speed"] == .number(4))
        #expect(row["answer:why"] == .text("price"))
        #expect(row["answer:pick.a"] == .text("a"))
        #expect(row["comment"] == .blank)
    }
}
