import Formats
import HTTPTypes
import TestKit
import Testing

/// Here and not with the customers, for what a restriction does is seen in who is asked.
@Suite struct `A restriction` {
    @Test(arguments: Backend.available)
    func `is put and lifted, told once each, and keeps everybody from asking`(backend: Backend) async throws {
        let office = try await PostOffice(on: backend)
        let made = try await office.site.api(.post, "/customers", #"{"email": "a@x.example"}"#)
        let id = try #require(made.json["id"]?.string)
        #expect(try await office.site.api(.get, "/customers/\(id)").json["restricted_at"] == .null)
        for _ in 1...2 {
            let put = try await office.site.api(
                .put, "/customers/\(id)/restriction", #"{"restricted": true}"#)
            #expect(put.status == 200 && put.json["restricted_at"]?.string != nil)
        }
        #expect(try await office.ask(["a@x.example"]).json["skipped"] == ["restricted": 1])
        let lifted = try await office.site.api(
            .put, "/customers/\(id)/restriction", #"{"restricted": false}"#)
        #expect(lifted.json["restricted_at"] == .null)
        #expect(try await office.ask(["a@x.example"]).json["planned"] == 1)
        let events = try await office.events()
        #expect(events["customer.restricted"] == 1 && events["customer.unrestricted"] == 1)
        for body in ["{}", #"{"restricted": null}"#, #"{"restricted": "yes"}"#] {
            let refused = try await office.site.api(.put, "/customers/\(id)/restriction", body)
            #expect(refused.status == 422 && refused.wrong.first?.hasPrefix("/restricted ") == true)
        }
        let foreign = try await office.site.api(
            .put, "/customers/\(id)/restriction", #"{"restricted": true}"#, account: 2)
        #expect(foreign.status == 404)
    }

    @Test(arguments: Backend.available)
    func `is a button on the customer's page`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let made = try await house.site.api(.post, "/customers", #"{"external_id": "k-1"}"#)
        let path = "/customers/\(made.json["id"]?.string ?? "")"
        #expect(try await !house.site.page(path).text.contains("data is restricted"))
        let put = try await house.site.page("\(path)/restriction", form: [("restricted", "yes")])
        #expect(put.location == path)
        let page = try await house.site.page(path).text
        #expect(page.contains("data is restricted") && page.contains("Lift the restriction"))
        _ = try await house.site.page("\(path)/restriction", form: [])
        #expect(try await !house.site.page(path).text.contains("data is restricted"))
    }
}
