import Database
import Formats
import HTTPTypes
import Kernel
import Ledger
import TestKit
import Testing

@testable import Surveys

/// What a test of rules says: a rule, an event, and what came of it.
extension PostOffice {
    /// A rule made by the API; its id.
    func rule(_ more: JSONObject = [:], event: String = "order", name: String = "After an order")
        async throws -> String
    {
        var body: JSONObject = [
            "name": .string(name), "survey": .string(survey), "event": .string(event), "channel": "email",
        ]
        for member in more.members { body.set(member.key, member.value) }
        let made = try await site.api(.post, "/ask-rules", JSONValue.object(body).text)
        #expect(made.status == 201, "\(made.text)")
        return made.json["id"]?.string ?? made.text
    }

    @discardableResult
    func happen(_ person: String, _ more: JSONObject = [:], event: String = "order", key: String? = nil)
        async throws -> TestAnswer
    {
        var body: JSONObject = [
            "event": .string(event),
            "customer": ["external_id": .string(person), "email": .string("\(person)@x.example")],
        ]
        for member in more.members { body.set(member.key, member.value) }
        return try await site.api(.post, "/customer-events", JSONValue.object(body).text, key: key)
    }

    /// Seals what happened and lets the rules look at it.
    func follow() async throws {
        let clock = clock
        try await Follower(
            database: database, now: { clock.now }, holder: "test",
            consumers: [AskRuleJobs.asker(world: clock.world, secret: Self.secret)]
        ).runUntilIdle()
    }

    func preview(_ rule: String, _ kind: String = "preview") async throws -> JSONValue {
        let answer = try await site.api(.get, "/ask-rules/\(rule)/\(kind)")
        #expect(answer.status == 200, "\(answer.text)")
        return answer.json
    }

    /// When each planned invitation leaves, the first first.
    func times() async throws -> [String] {
        try await database.read { tx in
            try tx.run("SELECT send_at FROM invitations ORDER BY send_at, id")
                .map { try $0.timestamp("send_at").rfc3339 }
        }
    }

    func number(_ sql: SQL) async throws -> Int {
        try await database.read { tx in try tx.run(sql)[0].int("n") }
    }
}
