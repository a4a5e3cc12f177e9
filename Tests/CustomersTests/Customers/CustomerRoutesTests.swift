import Customers
import Database
import Formats
import HTTPTypes
import Kernel
import TestKit
import Testing

private struct Desk {
    let database: TestDatabase
    let clock = TestClock()
    let site: TestSite

    init(on backend: Backend) async throws {
        let database = try await backend.emptyDatabase()
        self.database = database
        let world = clock.world
        try await database.write { tx in
            for (id, name) in [(1, "Kettles"), (2, "Pans")] {
                try tx.run(
                    """
                    INSERT INTO accounts (id, name, time_zone, language, created_at)
                    VALUES (\(id), \(name), 'UTC', 'en', 0)
                    """)
            }
        }
        site = TestSite { table, _ in
            CustomerRoutes(
                database: database, world: world, erasure: Erasure(secret: [1], others: [])
            ).add(to: &table)
        }
    }

    func put(_ body: String, account: Int64 = 1, key: String? = nil) async throws -> TestAnswer {
        try await site.api(.post, "/customers", body, account: account, key: key)
    }
}

@Suite struct CustomerRoutesTests {
    @Test(arguments: Backend.available)
    func `a customer is found by id, else by e-mail, else by phone`(backend: Backend) async throws {
        let desk = try await Desk(on: backend)
        let made = try await desk.put(
            #"{"external_id": "k-1", "email": "Ann@Example.com", "phone": "+48 600 100 200", "name": "Ann"}"#)
        #expect(made.status == 201)
        #expect(made.json["email"] == "ann@example.com")
        #expect(made.json["phone"] == "+48600100200")
        for body in [
            #"{"external_id": "k-1"}"#, #"{"email": "ann@EXAMPLE.com"}"#, #"{"phone": "0048600100200"}"#,
            #"{"external_id": "k-1", "email": "ann@example.com", "phone": "+48600100200"}"#,
        ] {
            let found = try await desk.put(body)
            #expect(found.status == 200)
            #expect(found.json == made.json)
        }
        #expect(try await desk.put(#"{"external_id": "k-2"}"#).status == 201)
        #expect(try await desk.put(#"{"external_id": "k-1"}"#, account: 2).status == 201)
    }

    @Test(arguments: Backend.available)
    func `what is given is changed, what is not stays`(backend: Backend) async throws {
        let desk = try await Desk(on: backend)
        _ = try await desk.put(
            #"""
            {"external_id": "k-1", "email": "old@example.com",
             "attributes": {"plan": "gold", "visits": 3, "vip": true}}
            """#
        )
        let changed = try await desk.put(
            #"""
            {"external_id": "k-1", "email": "new@example.com", "name": "Ann",
             "attributes": {"visits": 4, "vip": null}}
            """#
        )
        #expect(changed.status == 200)
        #expect(changed.json["email"] == "new@example.com")
        #expect(changed.json["name"] == "Ann")
        #expect(changed.json["attributes"] == ["plan": "gold", "visits": "4"])
        #expect(try await desk.put(#"{"email": "old@example.com"}"#).status == 201)
    }

    @Test(arguments: Backend.available)
    func `two customers meant at once are a conflict and change nothing`(backend: Backend) async throws {
        let desk = try await Desk(on: backend)
        _ = try await desk.put(#"{"external_id": "k-1", "email": "ann@example.com"}"#)
        _ = try await desk.put(#"{"external_id": "k-2", "phone": "+48600100200"}"#)
        for body in [
            #"{"external_id": "k-2", "email": "ann@example.com", "name": "X"}"#,
            #"{"email": "ann@example.com", "phone": "+48600100200", "name": "X"}"#,
            #"{"external_id": "k-3", "email": "ann@example.com", "name": "X"}"#,
        ] {
            let refused = try await desk.put(body)
            #expect(refused.status == 409)
            #expect(refused.code == "customer-ambiguous")
        }
        let names = try await desk.site.api(.get, "/customers").json["data"]?.array?.map { $0["name"] }
        #expect(names == [.null, .null])
    }

    @Test(
        arguments: [
            ("{}", ["/external_id missing"]), (#"{"name": "Ann"}"#, ["/external_id missing"]),
            (#"{"email": "ann"}"#, ["/email not-an-email"]), (#"{"phone": "12"}"#, ["/phone not-a-phone"]),
            (#"{"external_id": 7}"#, ["/external_id wrong-type"]),
            (#"{"external_id": "k", "language": "polish!"}"#, ["/language not-a-language"]),
            (#"{"external_id": "k", "attributes": 3}"#, ["/attributes wrong-type"]),
            (#"{"external_id": "k", "attributes": {"a/b": {}}}"#, ["/attributes/a~1b wrong-type"]),
            (#"{"external_id": "k", "attributes": {"": "x"}}"#, ["/attributes/ missing"]),
            (#"{"external_id": "k", "mail": "x"}"#, ["/mail unknown-field"]),
        ] as [(String, [String])])
    func `what is wrong with a customer is named`(body: String, expected: [String]) async throws {
        let desk = try await Desk(on: .sqlite)
        let answer = try await desk.put(body)
        #expect(answer.status == 422)
        #expect(answer.wrong == expected)
    }

    @Test(arguments: Backend.available)
    func `a customer has at most 50 attributes, however many calls bring them`(backend: Backend) async throws
    {
        let desk = try await Desk(on: backend)
        let fifty = (1...50).map { #""a\#($0)": "x""# }.joined(separator: ", ")
        #expect(try await desk.put(#"{"external_id": "k", "attributes": {\#(fifty)}}"#).status == 201)
        let more = try await desk.put(#"{"external_id": "k", "attributes": {"b": "x"}}"#)
        #expect(more.wrong == ["/attributes too-many"])
        #expect(
            try await desk.put(#"{"external_id": "k", "attributes": {"a1": null, "b": "x"}}"#).status == 200)
    }

    @Test(arguments: Backend.available)
    func `another account's customer is unknown`(backend: Backend) async throws {
        let desk = try await Desk(on: backend)
        let id = try #require(try await desk.put(#"{"external_id": "k"}"#).json["id"]?.string)
        #expect(try await desk.site.api(.get, "/customers/\(id)", account: 2).status == 404)
        #expect(try await desk.site.api(.delete, "/customers/\(id)", account: 2).status == 404)
        #expect(try await desk.site.api(.get, "/customers/\(id)/timeline", account: 2).status == 404)
        #expect(try await desk.site.api(.get, "/customers/cus_0000000000001").status == 404)
        #expect(try await desk.site.api(.get, "/customers/nobody").status == 404)
    }

    @Test(arguments: Backend.available)
    func `a key makes one customer, and what it keeps outlives nobody`(backend: Backend) async throws {
        let desk = try await Desk(on: backend)
        let first = try await desk.put(#"{"email": "ann@example.com"}"#, key: "k")
        let again = try await desk.put(#"{"email": "ann@example.com"}"#, key: "k")
        #expect(again.status == 201)
        #expect(again.json == first.json)
        let kept = try await desk.database.read { tx in
            try tx.run("SELECT answer FROM idempotency_keys").map { try $0.text("answer") }
        }
        #expect(kept.count == 1 && !kept[0].contains("ann"))
    }
}
