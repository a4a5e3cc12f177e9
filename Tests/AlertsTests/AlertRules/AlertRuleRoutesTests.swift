import Accounts
import Database
import Formats
import HTTPTypes
import Kernel
import Outbound
import TestKit
import Testing

@testable import Alerts

@Suite struct `Alert rules` {
    private static let secret = "SEC0000secret"
    private static let dingtalk = """
        {"name": "Refunds", "when": {"words": ["refund"], "segments": {"tier": "gold"},
          "value": {"attribute": "worth", "at_least": 100}, "score_at_most": 5, "score_at_least": 0,
          "bands": ["detractor"]},
         "quiet_hours": {"from": "22:00", "to": "07:00"},
         "to": {"kind": "dingtalk", "secret": "\(secret)",
           "url": "https://oapi.example/robot/send?access_token=tok"}}
        """

    @Test(arguments: Backend.available)
    func `are made, changed, listed and removed, and tell no robot's address`(backend: Backend) async throws {
        let house = try await AlertHouse(on: backend)
        let made = try await house.rule(Self.dingtalk)
        #expect(made.status == 201, "\(made.text)")
        let id = made.json["id"]?.string ?? ""
        let found = try await house.site.api(.get, "/alert-rules/\(id)")
        let listed = try await house.site.api(.get, "/alert-rules?limit=1")
        #expect(listed.json["data"]?.array?.first?["id"]?.string == id)
        for answer in [made, found, listed] {
            #expect(!answer.text.contains("access_token") && !answer.text.contains(Self.secret))
        }
        #expect(found.json["to"]?.text == #"{"kind":"dingtalk","host":"oapi.example","signed":true}"#)
        #expect(found.json["when"]?["words"]?.array == ["refund"])
        #expect(found.json["when"]?["value"]?["at_least"]?.double == 100)
        let stored = try await house.database.read { tx in
            let row = try tx.run("SELECT sealed_url, sealed_secret FROM alert_rules")[0]
            return try row.text("sealed_url") + row.text("sealed_secret")
        }
        #expect(!stored.contains("oapi") && !stored.contains(Self.secret))

        // What is left out stays, the address too.
        let patched = try await house.site.api(
            .patch, "/alert-rules/\(id)", #"{"name": "Gold", "quiet_hours": null, "when": {}}"#)
        #expect(patched.status == 200 && patched.json["name"] == "Gold")
        #expect(patched.json["quiet_hours"]?.isNull == true && patched.json["when"]?.text == "{}")
        try await house.answer(9, "")
        try await house.settle()
        #expect(
            house.hooks.all.first?.url.hasPrefix(
                "https://oapi.example/robot/send?access_token=tok&timestamp=") == true)

        #expect(try await house.site.api(.delete, "/alert-rules/\(id)").status == 204)
        #expect(try await house.site.api(.get, "/alert-rules/\(id)").status == 404)
        #expect(try await house.site.api(.get, "/alert-rules", account: 2).json["data"]?.array == [])
    }

    @Test(arguments: [
        (#"{}"#, ["/name missing", "/to missing"]),
        (#"{"name": "a", "to": {"kind": "members"}}"#, ["/to/members missing"]),
        (#"{"name": "a", "to": {"kind": "members", "members": ["x"]}}"#, ["/to/members/0 not-found"]),
        (#"{"name": "a", "to": {"kind": "slack"}}"#, ["/to/url missing"]),
        (#"{"name": "a", "to": {"kind": "slack", "url": "http://a.example"}}"#, ["/to/url url-not-https"]),
        (#"{"name": "a", "to": {"kind": "slack", "url": "https://u@a.example"}}"#, ["/to/url url-with-user"]),
        (#"{"name": "a", "to": {"kind": "slack", "url": "https:// a"}}"#, ["/to/url not-a-url"]),
        (
            #"{"name": "a", "to": {"kind": "wecom", "url": "https://a.example:8443"}}"#,
            ["/to/url url-other-port"]
        ),
        (
            #"{"name": "a", "to": {"kind": "teams", "url": "https://169.254.169.254/"}}"#,
            ["/to/url url-not-public"]
        ),
        (
            #"{"name": "a", "to": {"kind": "feishu", "url": "https://localhost/"}}"#,
            ["/to/url url-not-public"]
        ),
        (
            #"{"name": "a", "to": {"kind": "slack", "url": "https://a.example", "secret": "s"}}"#,
            ["/to/secret unknown-field"]
        ),
        (#"{"name": "a", "to": {"kind": "pager"}}"#, ["/to/kind unknown-value"]),
        (
            """
            {"name": "a", "to": {"kind": "slack", "url": "https://a.example"},
             "when": {"bands": ["bad"], "score_at_most": 11, "words": [""],
               "value": {"attribute": "x"}, "segments": {"tier": 3}}}
            """,
            [
                "/when/bands/0 unknown-value", "/when/score_at_most out-of-range", "/when/words/0 wrong-type",
                "/when/segments/tier wrong-type", "/when/value/at_least missing",
            ]
        ),
        (
            """
            {"name": "a", "to": {"kind": "slack", "url": "https://a.example"},
             "quiet_hours": {"from": "8:00", "to": "8:00"}}
            """,
            ["/quiet_hours/to not-a-time-of-day"]
        ),
        (
            """
            {"name": "a", "survey": "srv_0000000000001",
             "to": {"kind": "slack", "url": "https://a.example"}}
            """,
            ["/survey not-found"]
        ),
    ])
    func `are refused by name`(body: String, wrong: [String]) async throws {
        let house = try await AlertHouse(on: .sqlite)
        let refused = try await house.rule(body)
        #expect(refused.status == 422)
        #expect(Set(refused.wrong) == Set(wrong), "\(refused.text)")
    }

    @Test(arguments: Backend.available)
    func `name members of their own account, and surveys`(backend: Backend) async throws {
        let house = try await AlertHouse(on: backend)
        try await house.member(9, "owner", account: 2)
        let foreign = try await house.rule(
            #"{"name": "a", "to": {"kind": "members", "members": ["\#(Member.ID(9))"]}}"#)
        #expect(foreign.wrong == ["/to/members/0 not-found"])
        let own = try await house.rule(
            """
            {"name": "a", "survey": "\(house.survey)",
             "to": {"kind": "members", "members": ["\(Member.ID(1))"]}}
            """)
        #expect(own.status == 201 && own.json["survey"]?.string == house.survey)
    }

    @Test(arguments: Backend.available)
    func `are tried by a message that says so, past quiet hours`(backend: Backend) async throws {
        let house = try await AlertHouse(on: backend)
        let all = Self.dingtalk.replacing("22:00", with: "00:00").replacing("07:00", with: "23:59")
        let id = try await house.rule(all).json["id"]?.string ?? ""
        let tried = try await house.site.api(.post, "/alert-rules/\(id)/test", "{}", key: "k")
        #expect(tried.status == 202)
        #expect(try await house.site.api(.post, "/alert-rules/\(id)/test", "{}", key: "k").status == 202)
        try await house.settle()
        #expect(house.hooks.bodies.map { $0["actionCard"]?["title"]?.string } == ["This is a test"])
    }

    @Test func `are as many as an account may have`() async throws {
        let house = try await AlertHouse(on: .sqlite)
        let body = #"{"name": "a", "to": {"kind": "slack", "url": "https://a.example"}}"#
        for _ in 0..<AlertRule.mostPerAccount { #expect(try await house.rule(body).status == 201) }
        #expect(try await house.rule(body).wrong == ["/name too-many"])
    }
}

@Suite struct `The page of alert rules` {
    @Test(arguments: Backend.available)
    func `says each rule as a sentence, makes, tries, pauses and removes`(backend: Backend) async throws {
        let house = try await AlertHouse(on: backend)
        #expect(try await house.site.page("/settings/alerts").text.contains("No rule yet"))
        let made = try await house.site.page(
            "/settings/alerts",
            form: [
                ("name", "Refund <b>"), ("tone", "low"), ("survey", house.survey), ("score_at_most", "4"),
                ("words", "refund, money back，退款"), ("segment", "tier"), ("segment_value", "gold"),
                ("value", "worth"), ("value_at_least", "12 000"), ("to", "members"),
                ("member", "\(Member.ID(1))"), ("quiet_from", "22:00"), ("quiet_to", "07:00"),
            ])
        #expect(made.status == 303, "\(made.text)")
        let page = try await house.site.page("/settings/alerts").text
        for part in [
            "Refund &lt;b&gt;", "in “Kettle delivery”", "with a score of at most 4",
            "that says “refund / money back / 退款”", "where Tier is gold", "where Worth is 12,000 or more",
            "is told to Olga Owner", "From 22:00 to 07:00", "Nothing has been told yet.",
        ] {
            #expect(page.contains(part), "the page lacks \(part)")
        }
        let rule = try await house.site.api(.get, "/alert-rules").json["data"]?.array?.first
        let id = rule?["id"]?.string ?? ""
        #expect(rule?["when"]?["bands"]?.array == ["detractor", "dissatisfied"])

        #expect(try await house.site.page("/settings/alerts/\(id)/test", form: []).status == 303)
        try await house.settle()
        #expect(house.mail.heads == ["m1@kettles.example: This is a test"])
        #expect(try await house.site.page("/settings/alerts").text.contains("Told"))

        #expect(
            try await house.site.page("/settings/alerts/\(id)/state", form: [("enabled", "no")]).status == 303
        )
        #expect(try await house.site.page("/settings/alerts").text.contains("Paused"))
        #expect(try await house.site.page("/settings/alerts/\(id)/removal", form: []).status == 303)
        #expect(try await house.site.page("/settings/alerts").text.contains("No rule yet"))
    }

    @Test func `says what is wrong beside each field and keeps what was typed`() async throws {
        let house = try await AlertHouse(on: .sqlite)
        let refused = try await house.site.page(
            "/settings/alerts",
            form: [
                ("name", "Kept"), ("score_at_most", "12"), ("segment", "tier"), ("value_at_least", "much"),
                ("quiet_from", "8:00"), ("to", "members"),
            ])
        #expect(refused.status == 422)
        for part in ["Kept", "Between -10 and 10", "A start and an end like", "Please fill this in."] {
            #expect(refused.text.contains(part), "the page lacks \(part)")
        }
        let nobody = try await house.site.page("/settings/alerts", form: [("name", "a"), ("to", "members")])
        #expect(nobody.status == 422 && nobody.text.contains("Please fill this in."))
        let robot = try await house.site.page(
            "/settings/alerts", form: [("name", "a"), ("to", "slack"), ("url", "http://a.example")])
        #expect(robot.status == 422 && robot.text.contains("must start with https://"))
        let inside = try await house.site.page(
            "/settings/alerts", form: [("name", "a"), ("to", "slack"), ("url", "https://10.0.0.1/")])
        #expect(inside.status == 422 && inside.text.contains("not on the public internet"))
    }
}

@Suite struct `The page of one alert rule` {
    private static let rule = """
        {"name": "Refunds", "enabled": false,
         "when": {"words": ["money, back", "refund"], "segments": {"tier": "gold", "city": "Łódź"},
          "value": {"attribute": "worth", "at_least": 12.5}, "score_at_most": 5, "score_at_least": -1,
          "bands": ["detractor"]},
         "quiet_hours": {"from": "22:00", "to": "07:00"},
         "to": {"kind": "dingtalk", "secret": "SEC0", "url": "https://oapi.example/send?access_token=tok"}}
        """
    /// What a browser sends back of that rule when nothing is changed.
    private static let shown: [(String, String)] = [
        ("name", "Refunds"), ("tone", "low"), ("survey", ""), ("score_at_most", "5"),
        ("score_at_least", "-1"), ("words", "money, back, refund"), ("segment", "tier"),
        ("segment_value", "gold"), ("segment_2", "city"), ("segment_value_2", "Łódź"), ("value", "worth"),
        ("value_at_least", "12.5"), ("to", "dingtalk"), ("url", ""), ("secret", ""), ("quiet_from", "22:00"),
        ("quiet_to", "07:00"),
    ]

    private func made(_ house: AlertHouse) async throws -> JSONValue {
        try await house.rule(Self.rule).json
    }
    private func changed(_ place: String, _ value: String) -> [(String, String)] {
        Self.shown.map { $0.0 == place ? (place, value) : $0 }
    }

    @Test(arguments: Backend.available)
    func `shows all that the rule says, and saved untouched it says the same`(backend: Backend) async throws {
        let house = try await AlertHouse(on: backend)
        let before = try await made(house), id = before["id"]?.string ?? ""
        let path = "/settings/alerts/\(id)"
        #expect(try await house.site.page("/settings/alerts").text.contains("href=\"\(path)\""))
        let page = try await house.site.page(path)
        #expect(page.status == 200)
        for (name, value) in Self.shown where !value.isEmpty && !["tone", "to"].contains(name) {
            #expect(
                page.text.contains("name=\"\(name)\"") && page.text.contains("value=\"\(value)\""),
                "the page lacks \(name): \(value)")
        }
        #expect(page.text.contains("keep the one at oapi.example") && !page.text.contains("access_token"))

        #expect(try await house.site.page(path, form: Self.shown).status == 303)
        let after = try await house.site.api(.get, "/alert-rules/\(id)").json
        for field in ["name", "survey", "when", "quiet_hours", "to", "enabled"] {
            #expect(after[field] == before[field], "\(field) changed")
        }
    }

    @Test(arguments: Backend.available)
    func `changes what is typed, and nothing else`(backend: Backend) async throws {
        let house = try await AlertHouse(on: backend)
        let id = try await made(house)["id"]?.string ?? ""
        let path = "/settings/alerts/\(id)"
        let typed = changed("words", "late; cold").map { $0.0 == "segment_2" ? ("segment_2", "") : $0 }
            .map { $0.0 == "segment_value_2" ? ("segment_value_2", "") : $0 }
        #expect(try await house.site.page(path, form: typed + [("tone", "middle")]).status == 303)
        let after = try await house.site.api(.get, "/alert-rules/\(id)").json
        #expect(after["when"]?["words"]?.array == ["late", "cold"])
        #expect(after["when"]?["segments"]?.text == #"{"tier":"gold"}"#)
        #expect(after["when"]?["bands"]?.array?.count == 4)
        #expect(after["to"]?["host"] == "oapi.example" && after["to"]?["signed"] == true)

        let moved = try await house.site.page(
            path, form: changed("url", "https://hooks.example/x").map { $0.0 == "to" ? ("to", "slack") : $0 })
        #expect(moved.status == 303)
        let slack = try await house.site.api(.get, "/alert-rules/\(id)").json
        #expect(slack["to"]?.text == #"{"kind":"slack","host":"hooks.example","signed":false}"#)
    }

    @Test func `says what is wrong beside the field, and belongs to one account`() async throws {
        let house = try await AlertHouse(on: .sqlite)
        let id = try await made(house)["id"]?.string ?? ""
        let path = "/settings/alerts/\(id)"
        let inside = try await house.site.page(path, form: changed("url", "https://192.168.0.1/"))
        #expect(inside.status == 422 && inside.text.contains("not on the public internet"))
        let other = try await house.site.page(path, form: changed("to", "feishu"))
        #expect(other.status == 422 && other.text.contains("Please fill this in."))
        #expect(try await house.site.page(path, account: 2).status == 404)
        #expect(try await house.site.page(path, form: Self.shown, account: 2).status == 404)
    }
}
