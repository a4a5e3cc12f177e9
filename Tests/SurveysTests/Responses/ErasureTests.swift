import Database
import Formats
import HTTPTypes
import TestKit
import Testing

@Suite struct ErasureTests {
    @Test(arguments: Backend.available)
    func `erasing a person keeps the score and leaves no word of theirs`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let id = try await house.survey(
            #"""
            {"name": "Kettle", "metric": "nps", "questions": [
              {"key": "idea", "kind": "text", "text": {"en": "?"}},
              {"key": "speed", "kind": "rating", "text": {"en": "?"}}]}
            """#
        ).id
        let made = try await house.site.api(
            .post, "/surveys/\(id)/responses",
            #"""
            {"score": 3, "comment": "Secretleak", "answers": {"idea": "Secretidea", "speed": 2},
             "customer": {"external_id": "Secretid", "email": "secret@example.com", "name": "Secretname"}}
            """#, key: "k")
        let customer = try #require(made.json["customer"]?.string)
        #expect(try await house.site.api(.delete, "/customers/\(customer)").status == 204)
        #expect(try await house.site.api(.get, "/customers/\(customer)").status == 404)
        #expect(try await house.site.api(.get, "/customers/\(customer)/timeline").status == 404)
        #expect(try await house.site.api(.delete, "/customers/\(customer)").status == 404)
        let answer = try await house.site.api(.get, "/responses").json["data"]?.array?.first
        #expect(answer?["score"] == 3)
        #expect(answer?["comment"] == .null)
        #expect(answer?["customer"] == .null)
        #expect(answer?["answers"] == ["idea": .null, "speed": 2])
        let tables: [StaticString] = [
            "responses", "answers", "customers", "contact_points", "customer_attributes", "unsealed_events",
            "idempotency_keys",
        ]
        for table in tables {
            let left = try await house.database.read { tx in
                try tx.run("SELECT * FROM \(verbatim: table)").flatMap(\.values).map { "\($0)" }
            }
            #expect(!left.contains { $0.lowercased().contains("secret") }, "\(table)")
        }
        #expect(try await house.rows("erased_people") == 2)
        let again = try await house.site.api(.post, "/customers", #"{"external_id": "Secretid"}"#)
        #expect(again.status == 201)
        #expect(again.json["id"]?.string != customer)
    }
}
