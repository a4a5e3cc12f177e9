import Database
import Kernel
import Surveys
import TestKit
import Testing

private let header = "id,score,comment,time,customer,email,phone,agent,lang,region\n"

@Suite struct `A file of answers` {
    @Test(arguments: Backend.available)
    func `becomes answers with customer, time and segments`(backend: Backend) async throws {
        let fixture = try await ImportFixture(backend)
        let (feed, refused) = try await fixture.take(
            header + "r1,９,Good,2026-11-02 14:30,C-1,a@example.com,+48600100200,Ann,pl,North\n"
                + "r2, 3 ,,2026-11-03,,,,,,South\n")
        #expect(refused.isEmpty)
        #expect(feed.job.recorded == 2)
        let rows = try await fixture.database.read { tx in
            try tx.run("SELECT occurred_at, source, follow_up FROM responses ORDER BY id")
        }
        // 14:30 in Warsaw; a day alone is its noon there.
        #expect(try rows[0].timestamp("occurred_at").rfc3339 == "2026-11-02T13:30:00Z")
        #expect(try rows[1].timestamp("occurred_at").rfc3339 == "2026-11-03T11:00:00Z")
        #expect(try rows.allSatisfy { try $0.text("source") == "import" })
        #expect(try rows.allSatisfy { try !$0.bool("follow_up") })
        let content = try await fixture.content()
        #expect(content.contains { $0.contains("\"North\"") && $0.contains("\"C-1\"") })
        #expect(content.contains { $0.contains("\"South\"") })
    }

    @Test(arguments: Backend.available)
    func `opens cases only when asked`(backend: Backend) async throws {
        let fixture = try await ImportFixture(backend)
        _ = try await fixture.take("score\n2\n", into: fixture.database, opensCases: true)
        let rows = try await fixture.database.read { tx in try tx.run("SELECT follow_up FROM responses") }
        #expect(try rows.map { try $0.bool("follow_up") } == [true])
    }

    @Test(arguments: Backend.available)
    func `has its refused rows counted by reason`(backend: Backend) async throws {
        let fixture = try await ImportFixture(backend)
        let (feed, refused) = try await fixture.take(
            header + "a,11,,,,,,,,\n" + "b,7.5,,,,,,,,\n" + "c,九,,,,,,,,\n" + "d,,words,,,,,,,\n"
                + "e,5,,,,,,,,\n" + "e,6,,,,,,,,\n" + "f,5\n" + "g,5,,soon,,,,,,\n"
                + "h,5,,2027-01-01,,,,,,\n" + "i,5,,,,nobody,,,,\n" + "j,5,,,,,12,,,\n" + "k,5,,,,,,,?,\n"
                + "l,5,,,\(String(repeating: "x", count: 201)),,,,,\n")
        #expect(
            feed.refused == [
                .outOfRange: 1, .notInteger: 2, .duplicate: 1, .unreadableRow: 1, .unreadableTime: 1,
                .futureTime: 1, .email: 1, .phone: 1, .language: 1, .tooLong: 1,
            ])
        #expect(feed.unanswered == 1)
        #expect(feed.job.recorded == 1)
        #expect(feed.rows == 13)
        #expect(refused.map(\.row.line).sorted() == [2, 3, 4, 7, 8, 9, 10, 11, 12, 13, 14])
        #expect(refused.first { $0.reason == .duplicate }?.row.cells.prefix(2) == ["e", "6"])
    }

    @Test(arguments: Backend.available)
    func `refuses a row whose ids belong to two customers, and goes on`(backend: Backend) async throws {
        let fixture = try await ImportFixture(backend)
        let (feed, _) = try await fixture.take(
            "score,customer,email\n9,A,a@example.com\n9,B,b@example.com\n1,A,b@example.com\n8,A,\n")
        #expect(feed.refused == [.ambiguousCustomer: 1])
        #expect(feed.job.recorded == 3)
    }

    @Test(arguments: Backend.available)
    func `is recorded once, and its response ids once in all files`(backend: Backend) async throws {
        let fixture = try await ImportFixture(backend)
        let file = "id,score\nr1,9\nr2,8\n"
        _ = try await fixture.take(file)
        let content = try await fixture.content()
        let (again, _) = try await fixture.take(file)
        #expect(again.job.isFinished && again.job.recorded == 2)
        #expect(try await fixture.content() == content)
        let (other, _) = try await fixture.take("id,score\nr3,1\nr2,8\n")
        #expect(other.job.recorded == 1)
        #expect(other.refused == [.duplicate: 1])
    }

    @Test(arguments: Backend.available, [0, 3, ImportFeed.batch])
    func `knows its own response ids, however far apart they stand`(
        backend: Backend, distance: Int
    ) async throws {
        let fixture = try await ImportFixture(backend)
        let between = (0..<distance).map { "b\($0),5,,\n" }.joined()
        let (feed, refused) = try await fixture.take(
            "id,score,customer,email\na1,9,A,a@example.com\na2,9,B,b@example.com\nword,ten,,\nlarge,11,,\n"
                + "mail,9,,nobody\ntwo,9,A,b@example.com\n" + between
                + "a1,8,,\nword,8,,\nlarge,8,,\nmail,8,,\ntwo,8,,\na2,9,,nobody\na1,12,,\n")
        #expect(feed.job.recorded == distance + 2)
        #expect(
            feed.refused == [
                .duplicate: 6, .notInteger: 1, .outOfRange: 2, .email: 1, .ambiguousCustomer: 1,
            ])
        #expect(refused.count == 11)
    }

    @Test(arguments: Backend.available)
    func `can be looked at without being recorded`(backend: Backend) async throws {
        let fixture = try await ImportFixture(backend)
        _ = try await fixture.take("id,score\nr1,9\n")
        let content = try await fixture.content()
        let look = try await fixture.look(at: "id,score\nr1,9\nr2,12\nr3,4\n'=r4,1\n")
        #expect(look.recorded == 2 && look.rows == 4)
        #expect(look.refused == [.duplicate: 1, .outOfRange: 1])
        #expect(try await fixture.content() == content)
        let none = try await fixture.look(at: "score\n3\n\n")
        #expect(none.recorded == 1 && none.refused.isEmpty)
    }

    @Test(arguments: Backend.available)
    func `comes out as a look at it said`(backend: Backend) async throws {
        let fixture = try await ImportFixture(backend)
        let rows = (0..<400).map { row in
            let id = ["\(row)", " x\(row) ", "编号\(row)", "'=\(row)", ""][row % 5]
            return ["\(id),\(row % 13),w,,", "\(id),,,,", "\(id),5,,soon,", "\(id),5,,,nobody"][row % 9 % 4]
        }
        let head = "id,score,comment,time,email\n"
        _ = try await fixture.take(head + rows.prefix(150).joined(separator: "\n"))
        // Between the ids of one file lie few of those that are there; between the other's more than it has.
        for file in [rows[100...].joined(separator: "\n") + "\n3,4,,,\n3,4,,,", "0,3,,,\n编号999,4,,,\n"] {
            let look = try await fixture.look(at: head + file)
            let (feed, _) = try await fixture.take(head + file)
            #expect(look.recorded == feed.job.recorded && look.rows == feed.rows)
            #expect(look.refused == feed.refused)
            #expect(look.refused[.duplicate, default: 0] > 0)
        }
    }

    @Test(arguments: Backend.available, [UInt64(1), 7, 42])
    func `that is broken off at any row leaves what one run leaves`(
        backend: Backend, seed: UInt64
    ) async throws {
        let file =
            header
            + (0..<4500).map { row in
                let id = row % 97 == 0 ? "same" : "r\(row)"
                let score = row % 41 == 0 ? "11" : row % 7 == 0 ? "" : "\(row % 11)"
                return "\(id),\(score),w\(row),2026-10-\(10 + row % 20),C\(row % 50),,,Ann,pl,R\(row % 3)\n"
            }.joined()
        let whole = try await ImportFixture(backend), broken = try await ImportFixture(backend)
        let (expected, _) = try await whole.take(file)
        let dying = DyingDatabase(broken.database, seed: seed)
        var deaths = 0
        while true {
            do {
                let (feed, _) = try await broken.take(file, into: dying)
                #expect(feed.refused == expected.refused)
                #expect(feed.unanswered == expected.unanswered)
                break
            } catch is DyingDatabase.Died { deaths += 1 }
        }
        #expect(deaths > 0)
        #expect(try await broken.content() == whole.content())
    }

    @Test(arguments: Backend.available)
    func `that another process takes in meanwhile is left to it`(backend: Backend) async throws {
        let fixture = try await ImportFixture(backend)
        let (survey, world) = (fixture.survey, fixture.clock.world)
        try await fixture.database.write { tx in
            let slow = try Import.begin("same", named: "f.csv", into: survey, world: world, in: tx)
            let quick = try Import.begin("same", named: "f.csv", into: survey, world: world, in: tx)
            let row = ImportRow(number: 1, line: 2, outcome: .unanswered)
            _ = try quick.record([row], world: world, in: tx)
            #expect(throws: DomainError.importElsewhere) { try slow.record([row], world: world, in: tx) }
        }
    }
}

@Suite struct `A column` {
    @Test(arguments: [
        ("Email", ImportField.email), ("E-mail address", .email), ("Adres e-mail", .email),
        ("電子郵件", .email),
        ("customer_id", .externalID), ("Nr klienta", .externalID), ("Telefon", .phone), ("手机号", .phone),
        ("Imię i nazwisko", .name), ("姓名", .name), ("Język", .language), ("Punkt styku", .touchpoint),
        ("渠道", .channel), ("technician", .agent), ("Konsultant", .agent), ("师傅", .agent),
    ])
    func `is guessed from its heading`(heading: String, field: ImportField) {
        #expect(ImportField.guess(heading) == field)
    }

    @Test(arguments: ["agent notes", "mailing", "", "region"])
    func `that says something else is left alone`(heading: String) {
        #expect(ImportField.guess(heading) == nil)
    }

    @Test func `is mapped by words that read back as themselves`() {
        for word in ["score", "external_id", "attribute:work type"] {
            #expect(ImportField(word)?.word == word)
        }
        #expect(ImportField("attribute:") == nil)
        #expect(ImportField("Score") == nil)
    }
}

@Suite struct `A cell of times` {
    @Test(arguments: [
        ("2026-07-01T10:00:00Z", "2026-07-01T10:00:00Z"),
        ("2026-07-01T10:00:00+02:00", "2026-07-01T08:00:00Z"),
        ("2026-07-01 10:05", "2026-07-01T08:05:00Z"), ("2026-07-01T10:05:07", "2026-07-01T08:05:07Z"),
        ("2026-07-01 2:05 PM", "2026-07-01T12:05:00Z"), ("2026-07-01 12:30am", "2026-06-30T22:30:00Z"),
        ("2026-07-01", "2026-07-01T10:00:00Z"), ("1782900000", "2026-07-01T10:00:00Z"),
        ("1782900000123", "2026-07-01T10:00:00.123Z"), ("2026-11-23", "2026-11-23T11:00:00Z"),
    ])
    func `is read on the clocks of the account`(text: String, time: String) async throws {
        let fixture = try await ImportFixture(.sqlite)
        let (feed, _) = try await fixture.take("score,time\n9,\(text)\n")
        try #require(feed.job.recorded == 1)
        let rows = try await fixture.database.read { tx in try tx.run("SELECT occurred_at FROM responses") }
        #expect(try rows.first?.timestamp("occurred_at").rfc3339 == time)
    }
}
