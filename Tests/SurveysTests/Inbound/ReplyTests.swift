import Database
import Formats
import Kernel
import TestKit
import Testing

@testable import Surveys

@Suite struct `A reply` {
    @Test(arguments: Backend.available)
    func `is kept with the customer, in their words and whole`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let one = try await house.invited()
        let body = """
            Pokrywka jest zepsuta.

            W dniu 21.11.2026 o 10:12, Kettles pisze:
            > Jak oceniasz dostawę?
            """
        let answer = try await house.receive(one.letter(body))
        #expect(answer.json["kind"]?.string == "reply" && answer.json["customer"]?.string == one.customer)
        let reply = try await house.database.read { tx in
            let id = try tx.run("SELECT id FROM replies WHERE account_id = 1")[0].int64("id")
            return try Reply.find(Reply.ID(id), account: 1, in: tx)
        }
        #expect(reply.said == "Pokrywka jest zepsuta." && reply.original.contains("> Jak oceniasz"))
        #expect(reply.isProven && reply.followUp && reply.sender == "one@example.org")
        #expect(reply.invitation == one.id && reply.survey?.description == one.survey.id)
        try await house.follow(ResponseSearch.consumer)
        let story = try await house.site.page("/customers/\(one.customer)").text
        #expect(story.contains("Pokrywka jest zepsuta.") && !story.contains("Jak oceniasz"))
        let page = try await house.site.page("/replies/\(reply.id)")
        #expect(page.status == 200)
        #expect(page.text.contains("Pokrywka jest zepsuta.") && page.text.contains("Jak oceniasz"))
        #expect(try await house.site.page("/replies/\(reply.id)", account: 2).status == 404)
    }

    @Test(arguments: Backend.available)
    func `stands beside the answer to the same letter, whichever came first`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let one = try await house.invited()
        _ = try await house.receive(one.letter("Before I answer: the lid."))
        #expect(try await one.send(9) == 303)
        var after = one.letter("After it: thanks")
        after.id = "<a2@mail.example>"
        _ = try await house.receive(after)
        let response = try await house.answers().first?["id"]?.string ?? ""
        let page = try await house.site.page("/responses/\(response)").text
        #expect(page.contains("Before I answer") && page.contains("After it"))
        #expect(try await house.answers().count == 1)
    }

    @Test(arguments: ["7", " 10 ", "9/10"])
    func `in numbers is no score`(body: String) async throws {
        let house = try await House(on: .sqlite)
        let one = try await house.invited()
        _ = try await house.receive(one.letter(body))
        #expect(try await house.answers().isEmpty)
        #expect(try await house.rows("replies") == 1)
    }

    @Test(arguments: [
        ("Thanks, all fine", nil as Band?, true), ("Thanks, all fine", .promoter, false),
        ("Thanks, all fine", .passive, true), ("Good, but the lid is broken", .promoter, true),
        ("Where is my order?", .satisfied, true), ("Dobrze, ale pokrywka nie pasuje", .promoter, true),
        ("Świetnie, dziękuję", .promoter, false), ("很好，谢谢", .promoter, false), ("可是盖子坏了", .promoter, true),
        ("蓋子壞了", .promoter, true),
    ])
    func `asks for a case unless a happy customer says nothing bad`(said: String, band: Band?, asks: Bool) {
        #expect(Reply.asksForCase(said, after: band) == asks)
    }

    @Test func `that only an address vouches for asks for none, and its page says so`() async throws {
        let house = try await House(on: .sqlite)
        let one = try await house.invited()
        let letter = IncomingLetter(
            to: "surveys@kettles.example", fields: ["In-Reply-To: <lost@kettles.example>"])
        let answer = try await house.receive(letter)
        #expect(answer.json["kind"]?.string == "reply" && answer.json["customer"]?.string == one.customer)
        let reply = try await house.database.read { tx in
            let id = try tx.run("SELECT id FROM replies WHERE account_id = 1")[0].int64("id")
            return try Reply.find(Reply.ID(id), account: 1, in: tx)
        }
        #expect(!reply.isProven && !reply.followUp && reply.invitation == nil)
        #expect(
            try await house.site.page("/replies/\(reply.id)").text.contains("anybody can write any address"))
    }

    @Test func `without words is none, and one without end is cut`() async throws {
        let house = try await House(on: .sqlite)
        let one = try await house.invited()
        _ = try await house.receive(one.letter("\n> only what you wrote\n"))
        #expect(try await house.rows("replies") == 0)
        var long = one.letter(String(repeating: "word and word\n", count: 5000))
        long.id = "<a2@mail.example>"
        _ = try await house.receive(long)
        let lengths = try await house.database.read { tx in
            let row = try tx.run("SELECT LENGTH(said) AS said, LENGTH(original) AS original FROM replies")[0]
            return try (row.int("said"), row.int("original"))
        }
        #expect(lengths.0 <= Reply.longestSaid && lengths.1 <= Reply.longestOriginal && lengths.0 > 9_000)
    }
}
