import Formats
import HTTPTypes
import Kernel
import Outbound
import TestKit
import Testing

@testable import Alerts

@Suite struct `The pages of webhooks` {
    @Test(arguments: Backend.available)
    func `show a secret once, then how it does`(backend: Backend) async throws {
        let office = try await HookOffice(on: backend), site = office.site
        #expect(try await site.page("/webhooks").text.contains("There is no webhook yet."))
        let made = try await site.page(
            "/webhooks",
            form: [("url", "https://hooks.example.org/a?b=<i>"), ("event", "case.opened")])
        #expect(made.status == 422 && made.text.contains("does not look like a web address"))
        #expect(made.text.contains("b=&lt;i&gt;"), "what was typed is lost, or not escaped")
        let kept = try await site.page(
            "/webhooks", form: [("url", "https://hooks.example.org/a"), ("event", "response.recorded")])
        #expect(kept.status == 200 && kept.text.contains("whsec_"))
        let id = try #require(
            try await site.api(.get, "/webhooks").json["data"]?.array?.first?["id"]?.string)
        let path = "/webhooks/\(id)"
        let shown = try await site.page(path)
        #expect(shown.status == 200 && !shown.text.contains("whsec_"))
        let rotated = try await site.page(path + "/rotation", form: [])
        #expect(rotated.text.contains("whsec_") && rotated.text.contains("the old one ends"))
        try await office.happen()
        try await office.sender(RecordingHook { _, _ in .init(status: 500) }).runUntilIdle()
        let log = try await site.page(path).text
        #expect(log.contains("Refused (500)") && log.contains("Next try") && log.contains("1 try"))
        #expect(log.contains("Failing"))
        let delivery = try #require(try await office.deliveries(id).first?["id"]?.string)
        let replayed = try await site.page(path + "/deliveries/\(delivery)/replay", form: [])
        #expect(replayed.status == 303 && replayed.location == path)
        #expect(try await site.page(path + "/test", form: []).status == 303)
        #expect(try await office.deliveries(id).count == 2)
        #expect(try await site.page(path + "/pause", form: []).status == 303)
        #expect(try await site.page(path).text.contains("It is paused"))
        #expect(try await site.page(path + "/test", form: []).status == 409)
        #expect(try await site.page(path + "/resumption", form: []).status == 303)
        let changed = try await site.page(
            path, form: [("url", "https://hooks.example.org/b"), ("event", "case.opened")])
        #expect(changed.status == 303)
        #expect(try await office.webhook(id)["url"] == "https://hooks.example.org/b")
        #expect(try await site.page(path, form: [("url", "https://hooks.example.org/b")]).status == 422)
        #expect(try await site.page(path + "/removal", form: []).location == "/webhooks")
        #expect(try await site.page(path).status == 404)
    }
}
