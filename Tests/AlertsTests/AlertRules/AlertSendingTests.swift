import Accounts
import Database
import Formats
import HTTPTypes
import Kernel
import Outbound
import Surveys
import Synchronization
import TestKit
import Testing

@testable import Alerts

@Suite struct `An answer that meets a rule` {
    private static let slack = """
        {"name": "Detractors", "when": {"bands": ["detractor"]},
         "to": {"kind": "slack", "url": "https://hooks.example/T1"}}
        """

    private func titles(_ house: AlertHouse) -> [String] {
        house.hooks.bodies.map { $0["blocks"]?.array?.first?["text"]?["text"]?.string ?? "" }
    }

    /// An answer without a customer, so that no case's owner is told as well.
    private func answer(_ house: AlertHouse, _ score: Int = 3) async throws {
        try await house.answer(score, #", "comment": "Cold <!channel>", "touchpoint": "delivery""#)
    }

    @Test(arguments: Backend.available)
    func `is told to a robot at once, and once`(backend: Backend) async throws {
        let house = try await AlertHouse(on: backend)
        #expect(try await house.rule(Self.slack).status == 201)
        try await answer(house)
        try await answer(house, 9)
        try await house.settle()
        let request = try #require(house.hooks.all.first)
        #expect(house.hooks.all.count == 1 && request.url == "https://hooks.example/T1")
        #expect(titles(house) == ["A score of 3 in “Kettle delivery”"])
        let text = String(decoding: request.body, as: UTF8.self)
        #expect(text.contains("Cold &lt;!channel&gt;") && text.contains("3 on a scale to 10 (Detractor)"))
        #expect(text.contains("https://rapport.example/responses/rsp_"))
        // The rule looks again from the beginning.
        try await house.change("DELETE FROM consumers WHERE name = 'alert-rules'")
        try await house.settle()
        #expect(house.hooks.all.count == 1)
        #expect(try await house.alertStates() == ["sent": 1])
    }

    @Test(arguments: Backend.available)
    func `is told to members by mail, in their language, as long as they are here`(backend: Backend)
        async throws
    {
        let house = try await AlertHouse(on: backend)
        try await house.member(7, "viewer", language: "zh-Hans")
        try await house.member(8, "viewer")
        let (first, second) = (Member.ID(7), Member.ID(8))
        let made = try await house.rule(
            #"{"name": "Low", "to": {"kind": "members", "members": ["\#(first)", "\#(second)"]}}"#)
        #expect(made.status == 201)
        try await house.change("UPDATE memberships SET left_at = 1 WHERE member_id = 8")
        try await answer(house)
        try await house.settle()
        let mails = house.mail.all.filter { $0.to.address == "m7@kettles.example" }
        #expect(mails.map(\.subject) == ["“Kettle delivery”收到 3 分"])
        #expect(mails.first?.text.contains("> Cold <!channel>") == true)
        #expect(mails.first?.html.contains("Cold &lt;!channel&gt;") == true)
        #expect(try await house.alertStates() == ["sent": 1, "withdrawn": 1])
    }

    @Test(arguments: Backend.available)
    func `comes with the others where there are more than the robot takes`(backend: Backend) async throws {
        let house = try await AlertHouse(on: backend)
        _ = try await house.rule(Self.slack)
        try await answer(house)
        try await house.settle()
        for _ in 0..<7 { try await answer(house) }
        try await house.settle()
        #expect(titles(house).count == 1, "Slack takes one a second")
        house.clock.advance(by: .seconds(1))
        try await house.settle()
        #expect(titles(house) == ["A score of 3 in “Kettle delivery”", "7 new detractors"])
        let digest = try #require(house.hooks.all.last)
        let text = String(decoding: digest.body, as: UTF8.self)
        #expect(!text.contains("Cold"), "a digest quotes nobody")
        #expect(text.contains("https://rapport.example/responses\""))
        #expect(try await house.alertStates() == ["sent": 8])
    }

    @Test(arguments: Backend.available)
    func `waits for the end of quiet hours, and comes gathered`(backend: Backend) async throws {
        let house = try await AlertHouse(on: backend)
        let made = try await house.rule(
            Self.slack.replacing("\"to\"", with: #""quiet_hours": {"from": "12:00", "to": "14:30"}, "to""#))
        #expect(made.json["quiet_hours"]?["from"] == "12:00")
        // One o'clock in Warsaw.
        for _ in 0..<3 { try await answer(house) }
        try await house.settle()
        #expect(house.hooks.all.isEmpty)
        house.clock.advance(by: .seconds(5400))
        try await house.settle()
        #expect(titles(house) == ["3 new detractors"])
        house.clock.advance(by: .seconds(60))
        try await answer(house)
        try await house.settle()
        #expect(titles(house).last == "A score of 3 in “Kettle delivery”")
    }

    @Test(arguments: Backend.available)
    func `is given up once it is too old to tell`(backend: Backend) async throws {
        let house = try await AlertHouse(on: backend, hooks: KeepingHooks { _ in HookReply(status: 503) })
        _ = try await house.rule(Self.slack)
        try await answer(house)
        try await house.settle()
        #expect(try await house.alertStates() == ["planned": 1])
        for _ in 0..<100 where try await house.alertStates() == ["planned": 1] {
            house.clock.advance(by: .seconds(7200))
            try await house.settle()
        }
        #expect(try await house.alertStates() == ["failed": 1])
    }

    @Test(arguments: Backend.available)
    func `waits as long as the robot asks, and fails where it refuses`(backend: Backend) async throws {
        let replies = Mutex<[HookReply]>([
            HookReply(status: 429, retryAfter: .seconds(900)), HookReply(status: 200, body: Array("ok".utf8)),
            HookReply(status: 404, body: Array("no_service".utf8)),
        ])
        let house = try await AlertHouse(
            on: backend, hooks: KeepingHooks { _ in replies.withLock { $0.removeFirst() } })
        let rule = try await house.rule(Self.slack).json["id"]?.string ?? ""
        try await answer(house)
        try await house.settle()
        house.clock.advance(by: .seconds(600))
        try await answer(house)
        try await house.settle()
        #expect(house.hooks.all.count == 1, "nobody is sent to a robot that asked for rest")
        house.clock.advance(by: .seconds(300))
        try await house.settle()
        #expect(titles(house).last == "2 new detractors")
        try await answer(house)
        house.clock.advance(by: .seconds(1))
        try await house.settle()
        let shown = try await house.site.api(.get, "/alert-rules/\(rule)").json["deliveries"]?.array ?? []
        #expect(shown.map { $0["state"]?.string } == ["failed", "sent", "sent"])
        #expect(shown.first?["reason"]?.string == "404 no_service")
        #expect(try await house.site.page("/settings/alerts").text.contains("404 no_service"))
    }

    @Test(arguments: Backend.available)
    func `keeps nobody else waiting where its robot is slow`(backend: Backend) async throws {
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let house = try await AlertHouse(
            on: backend,
            hooks: KeepingHooks { request in
                if request.url.contains("slow") { for await _ in gate { break } }
                return HookReply(status: 200, body: Array("ok".utf8))
            })
        _ = try await house.rule(Self.slack.replacing("/T1", with: "/slow"))
        _ = try await house.rule(Self.slack)
        try await answer(house)
        try await house.follow()
        let (sender, hooks) = (house.alerts(), house.hooks)
        async let sent = sender.runUntilIdle()
        // The slow one hangs; the next answer still reaches the other by another sender.
        while hooks.all.count < 2 { try await Task.sleep(for: .milliseconds(5)) }
        while try await house.alertStates()["sent"] != 1 { try await Task.sleep(for: .milliseconds(5)) }
        try await answer(house)
        try await house.follow()
        house.clock.advance(by: .seconds(5))
        try await house.alerts().runUntilIdle()
        #expect(hooks.all.map(\.url).filter { $0.hasSuffix("/T1") }.count == 2)
        #expect(hooks.all.filter { $0.url.hasSuffix("/slow") }.count == 1, "one at a time to each")
        open.finish()
        #expect(try await sent >= 2)
        try await house.settle()
        #expect(hooks.all.filter { $0.url.hasSuffix("/slow") }.count == 2)
        #expect(try await house.alertStates() == ["sent": 4])
    }

    @Test(arguments: Backend.available)
    func `that was on its way when its sender died is uncertain`(backend: Backend) async throws {
        let house = try await AlertHouse(on: backend)
        _ = try await house.rule(Self.slack)
        try await answer(house)
        try await house.follow()
        _ = try await house.alerts().claim(limit: 9)
        try await house.database.write { [now = house.clock.now] tx in try Alert.endLeases(at: now, in: tx) }
        try await house.settle()
        #expect(try await house.alertStates() == ["uncertain": 1] && house.hooks.all.isEmpty)
        try await answer(house)
        try await house.follow()
        try await house.database.write { [now = house.clock.now] tx in try Alert.distrust(at: now, in: tx) }
        #expect(try await house.alertStates() == ["uncertain": 2])
    }

    @Test(arguments: Backend.available)
    func `waits for the mail relay, and a robot does not`(backend: Backend) async throws {
        let failing = Failing()
        let house = try await AlertHouse(on: backend, mail: KeepingCarrier { _ in try failing.next() })
        _ = try await house.rule(Self.slack)
        _ = try await house.rule(
            #"{"name": "All", "to": {"kind": "members", "members": ["\#(Member.ID(1))"]}}"#)
        failing.set(.relay)
        try await answer(house)
        try await house.follow()
        try await house.alerts().runUntilIdle()
        #expect(try await house.alertStates() == ["planned": 1, "sent": 1])
        failing.set(nil)
        house.clock.advance(by: .seconds(301))
        try await house.alerts().runUntilIdle()
        #expect(try await house.alertStates() == ["sent": 2])
        for (kind, state) in [
            (MailFailure.Kind.later, "planned"), (.uncertain, "uncertain"), (.refused, "failed"),
        ] {
            failing.set(kind)
            house.clock.advance(by: .seconds(3600))
            try await answer(house)
            try await house.follow()
            try await house.alerts().runUntilIdle()
            #expect(try await house.alertStates()[state] ?? 0 >= 1)
        }
    }

    @Test func `is told to nobody where it was loaded, is old, or the rule is paused`() async throws {
        let house = try await AlertHouse(on: .sqlite)
        let rule = try await house.rule(Self.slack).json["id"]?.string ?? ""
        try await answer(house)
        try await house.change("UPDATE responses SET source = 'import' WHERE account_id = 1")
        try await house.settle()
        _ = try await house.site.api(.patch, "/alert-rules/\(rule)", #"{"enabled": false}"#)
        try await answer(house)
        try await house.settle()
        _ = try await house.site.api(.patch, "/alert-rules/\(rule)", #"{"enabled": true}"#)
        try await answer(house)
        try await house.follow()
        _ = try await house.site.api(.patch, "/alert-rules/\(rule)", #"{"enabled": false}"#)
        try await house.settle()
        #expect(house.hooks.all.isEmpty)
        #expect(try await house.alertStates() == ["withdrawn": 1])
        _ = try await house.site.api(.patch, "/alert-rules/\(rule)", #"{"enabled": true}"#)
        try await answer(house)
        try await house.follow()
        house.clock.advance(by: .seconds(2 * 86_400))
        try await house.settle()
        #expect(house.hooks.all.isEmpty)
        #expect(try await house.alertStates() == ["withdrawn": 2])
    }
}
