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

    private func export(
        _ survey: Survey, in tx: any Connection
    ) throws -> (headings: [String], rows: [[CSVCell]], objects: [JSONValue]) {
        var filter = ResponseFilter()
        filter.survey = survey.id
        let export = try ResponseExport(filter, account: survey.account, in: tx)
        var (rows, objects) = (CellRows(), [JSONValue]())
        var place: ResponsePlace?
        repeat {
            let part = try export.rows(after: place, in: tx)
            part.write(to: &rows)
            place = part.next
        } while place != nil
        repeat {
            let part = try export.objects(after: place, in: tx)
            objects += part.objects
            place = part.next
        } while place != nil
        return (export.headings, rows.rows, objects)
    }

    @Test(arguments: Backend.available)
    func `has a row for each answer, over many parts, with its segments`(backend: Backend) async throws {
        let fixture = try await filled(backend, count: 2203)
        let (headings, rows, _) = try await fixture.database.read { tx in try export(fixture.survey, in: tx) }
        #expect(rows.count == 2203)
        #expect(Set(rows.map { "\($0[0])" }).count == 2203)
        #expect(rows.allSatisfy { $0.count == headings.count })
        #expect(headings.last == "attribute:region" && headings.contains("customer"))
        let external = try #require(headings.firstIndex(of: "external_id"))
        #expect(Set(rows.map { "\($0[external])" }).count == 5)
        let time = try #require(headings.firstIndex(of: "occurred_at"))
        let times = rows.map { "\($0[time])" }
        #expect(times == times.sorted(by: >))
    }

    @Test(arguments: Backend.available)
    func `shows objects as the API does, and never doubles one`(backend: Backend) async throws {
        let fixture = try await filled(backend, count: 1700)
        let (_, _, objects) = try await fixture.database.read { tx in try export(fixture.survey, in: tx) }
        #expect(objects.count == 1700)
        #expect(Set(objects.compactMap { $0.object?["id"]?.string }).count == 1700)
        #expect(objects.first?.object?["attributes"]?.object?["region"]?.string?.hasPrefix("R") == true)
    }

    @Test(arguments: Backend.available)
    func `says under each heading what belongs there`(backend: Backend) async throws {
        let fixture = try await ImportFixture(backend)
        _ = try await fixture.take(
            "score,comment,time,customer,agent,lang,region\n2,=1+1,2026-10-10T08:00:00Z,C1,Ann,pl,North\n")
        let survey = fixture.survey
        let (headings, rows, objects) = try await fixture.database.read { tx in
            try export(fixture.survey, in: tx)
        }
        let cells = Dictionary(uniqueKeysWithValues: zip(headings, try #require(rows.first)))
        let expected: [String: CSVCell] = [
            "survey": .text(survey.id.description), "score": .integer(2), "scale": .text("0-10"),
            "band": .text("detractor"), "occurred_at": .text("2026-10-10T08:00:00Z"),
            "comment": .text("=1+1"), "touchpoint": .blank, "channel": .text("import"),
            "agent": .text("Ann"), "language": .text("pl"), "source": .text("import"),
            "survey_version": .integer(1), "external_id": .text("C1"), "name": .blank,
            "attribute:region": .text("North"),
        ]
        for (heading, cell) in expected { #expect(cells[heading] == cell, "\(heading)") }
        let object = try #require(objects.first?.object)
        #expect(cells["id"] == object["id"]?.string.map { .text($0) })
        #expect(cells["customer"] == object["customer"]?.string.map { .text($0) })
        #expect(cells["recorded_at"] == object["recorded_at"]?.string.map { .text($0) })
    }

    @Test(arguments: Backend.available)
    func `can be imported as it is`(backend: Backend) async throws {
        let fixture = try await filled(backend, count: 30)
        let (headings, _, _) = try await fixture.database.read { tx in try export(fixture.survey, in: tx) }
        let fields = headings.map { ImportField.guess($0) }
        #expect(fields[try #require(headings.firstIndex(of: "attribute:region"))] == .attribute("region"))
        // Their own key comes before ours, and the first of two is taken.
        #expect(headings[try #require(fields.firstIndex(of: .externalID))] == "external_id")
    }

    @Test(arguments: Backend.available)
    func `has a column for each further question`(backend: Backend) async throws {
        let fixture = try await ImportFixture(backend)
        let (world, now) = (fixture.clock.world, fixture.clock.now)
        let options = ["a", "b", "speed"].map { Question.Option(key: $0, text: ["en": $0]) }
        var input = SurveyInput(name: "B", scale: .nps0to10)
        input.definition.questions = [
            Question(key: "why", kind: .text, text: ["en": "Why"]),
            Question(key: "grid", kind: .matrix, text: ["en": "How"], options: options),
            Question(key: "pick", kind: .choices, text: ["en": "Which"], options: options),
            Question(key: "tick", kind: .contact, text: ["en": "Who"]),
        ]
        let row = try await fixture.database.write { [input] tx in
            let survey = try Survey.create(
                input, account: fixture.survey.account, by: .operator, world: world, at: now, in: tx)
            var draft = ResponseDraft(score: try #require(Score(9, on: .nps0to10)))
            draft.answers = [
                Answer(question: "why", words: "price"), Answer(question: "grid", item: "speed", number: 4),
                Answer(question: "pick", item: "a", choice: "a"), Answer(question: "tick", item: "email"),
            ]
            _ = try SurveyResponse.record(
                draft, for: survey, Recording(source: .api, actor: .operator, world: world, now: now), in: tx)
            let (headings, rows, _) = try export(survey, in: tx)
            return Dictionary(uniqueKeysWithValues: zip(headings, try #require(rows.first)))
        }
        #expect(row["answer:grid.speed"] == .number(4))
        #expect(row["answer:why"] == .text("price"))
        #expect(row["answer:pick.a"] == .text("a"))
        #expect(row["answer:tick.email"] == .text("yes"))
        #expect(row["answer:pick.b"] == .blank && row["answer:tick.name"] == .blank)
        #expect(row["comment"] == .blank)
    }
}
