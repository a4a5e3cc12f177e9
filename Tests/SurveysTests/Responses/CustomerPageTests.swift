import Customers
import Formats
import HTTPTypes
import Language
import Ledger
import Surveys
import TestKit
import Testing

/// Here and not with the customers, for a customer's story is told by answers.
@Suite struct CustomerPageTests {
    @Test(arguments: Backend.available)
    func `customers are listed, found and told of`(backend: Backend) async throws {
        let house = try await House(on: backend)
        #expect(try await house.site.page("/customers").text.contains("No customer yet"))
        let made = try await house.site.api(
            .post, "/customers",
            #"""
            {"external_id": "k-1", "name": "Żaneta", "email": "z@example.com",
             "attributes": {"plan": "gold"}}
            """#)
        let id = try #require(made.json["id"]?.string)
        _ = try await house.site.api(.post, "/customers", #"{"external_id": "k-2", "name": "Bob"}"#)
        for query in ["k-1", "%C5%BBan", "Z%40example.com"] {
            let page = try await house.site.page("/customers?q=\(query)").text
            #expect(page.contains(id) && !page.contains("Bob"), "\(query)")
        }
        #expect(try await house.site.page("/customers?q=nobody").text.contains("Nobody found"))
        try await house.follow(ResponseSearch.consumer)
        let page = try await house.site.page("/customers/\(id)").text
        for words in ["Żaneta", "z@example.com", "gold", "Became known"] {
            #expect(page.contains(words), "\(words)")
        }
        #expect(try await house.site.page("/customers/\(id)", account: 2).status == 404)
    }

    @Test(arguments: Backend.available)
    func `a customer's story tells each score with the words`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let survey = try await house.survey()
        let made = try await house.site.api(
            .post, "/surveys/\(survey.id)/responses",
            #"{"score": 3, "comment": "Cold <b>", "touchpoint": "Shop", "customer": {"external_id": "k-1"}}"#)
        #expect(made.status == 201)
        try await house.follow(ResponseSearch.consumer)
        let list = try await house.site.page("/customers").text
        #expect(list.contains("<span class=\"badge detractor\">3<"))
        let link = try #require(list.firstMatch(of: #/\/customers\/cus_[0-9a-z]+/#))
        let page = try await house.site.page(String(link.output)).text
        #expect(page.contains("Gave 3 of 10 in “Kettle delivery”, Shop"))
        #expect(page.contains("Cold &lt;b&gt;"))
        #expect(page.contains("3 · Detractor"))
    }

    @Test(arguments: Backend.available)
    func `a person is erased only when the form says so twice`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let made = try await house.site.api(.post, "/customers", #"{"external_id": "k-1"}"#)
        let path = "/customers/\(made.json["id"]?.string ?? "")"
        #expect(try await house.site.page("\(path)/erasure", form: []).status == 422)
        #expect(try await house.site.page(path).status == 200)
        #expect(try await house.site.page("\(path)/erasure", form: [("sure", "yes")]).status == 303)
        #expect(try await house.site.page(path).status == 404)
    }

    @Test func `every event of a customer's story has its words`() {
        for kind in [EventKind.customerCreated, .customerChanged, .responseRecorded, .responseCompleted] {
            #expect(Messages.of(.en).has("event.\(kind.rawValue)"), "\(kind)")
        }
    }
}
