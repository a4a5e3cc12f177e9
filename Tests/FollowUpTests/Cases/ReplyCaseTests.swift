import Customers
import Database
import Formats
import HTTPTypes
import Kernel
import Ledger
import TestKit
import Testing

@testable import FollowUp
@testable import Surveys

@Suite struct `A reply by mail` {
    /// Written by somebody who was asked; the id of the customer.
    private func reply(
        _ said: String, number: Int = 1, asks: Bool = true, in house: House, from customer: String
    ) async throws {
        let world = house.clock.world, now = house.clock.now
        let survey = Survey.ID(house.survey)?.number, person = Customer.ID(customer)?.number
        try await house.database.write { tx in
            let id = world.newID()
            try tx.run(
                """
                INSERT INTO replies (id, account_id, customer_id, survey_id, subject, said, original,
                  is_proven, follow_up, received_at)
                VALUES (\(id), 1, \(person), \(survey), 'Re', \(said), \(said), TRUE, \(asks), \(now))
                """)
            try Ledger.append(
                .replyReceived, about: id, customer: person, by: .customer, id: world.newID(), account: 1,
                at: now, in: tx)
        }
        try await house.follow()
    }

    private func customer(_ house: House, score: Int) async throws -> String {
        let response = try await house.answer(score, #", "customer": {"name": "Anna", "external_id": "c1"}"#)
        return try await house.site.api(.get, "/responses/\(response)").json["customer"]?.string ?? ""
    }

    private func cases(_ house: House) async throws -> [JSONValue] {
        try await house.site.api(.get, "/cases?limit=200").json["data"]?.array ?? []
    }

    @Test(arguments: Backend.available)
    func `opens a case for a person, who reads it there`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let anna = try await customer(house, score: 9)
        try await reply("The lid is broken", in: house, from: anna)
        let opened = try #require(try await cases(house).first)
        #expect(opened["customer"]?.string == anna && opened["stage"]?.string == "open")
        #expect(opened["reply"]?.string?.hasPrefix("rpl_") == true && opened["response"] == .null)
        let id = opened["id"]?.string ?? ""
        let page = try await house.site.page("/cases/\(id)").text
        #expect(page.contains("The lid is broken") && page.contains("Wrote back on"))
        #expect(try await house.site.page("/cases").text.contains("The lid is broken"))
        _ = try await house.contact(id)
        _ = try await house.resolve(id)
        let resolved = try await house.site.api(.get, "/cases/\(id)").json
        #expect(resolved["stage"]?.string == "resolved" && resolved["verdict_url"]?.string != nil)
    }

    @Test(arguments: Backend.available)
    func `goes to the case that somebody works on, and opens another once that has ended`(
        backend: Backend
    ) async throws {
        let house = try await House(on: backend)
        let anna = try await customer(house, score: 2)
        try await house.follow()
        try await reply("Still cold", in: house, from: anna)
        #expect(try await cases(house).count == 1)
        let first = try await cases(house)[0]["id"]?.string ?? ""
        _ = try await house.site.api(.put, "/cases/\(first)/closure", #"{"reason": "moved away"}"#)
        try await reply("Cold again", in: house, from: anna)
        try await reply("And again", in: house, from: anna)
        #expect(try await cases(house).count == 2)
    }

    @Test func `that asks for none opens none`() async throws {
        let house = try await House(on: .sqlite)
        let anna = try await customer(house, score: 9)
        try await reply("Thank you", asks: false, in: house, from: anna)
        #expect(try await cases(house).isEmpty)
    }

    @Test func `of a person who is erased leaves a case without words`() async throws {
        let house = try await House(on: .sqlite)
        let anna = try await customer(house, score: 9)
        try await reply("The lid is broken", in: house, from: anna)
        let id = try await cases(house)[0]["id"]?.string ?? ""
        try await house.database.write { tx in
            let person = try #require(Customer.ID(anna))
            try Reply.forget(customer: person, account: 1, in: tx)
            try RecoveryCase.forget(customer: person, account: 1, in: tx)
        }
        let page = try await house.site.page("/cases/\(id)")
        #expect(page.status == 200 && !page.text.contains("The lid"))
    }
}
