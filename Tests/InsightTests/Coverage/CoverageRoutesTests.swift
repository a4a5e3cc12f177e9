import Customers
import Database
import Formats
import HTTPTypes
import Kernel
import Language
import Ledger
import TestKit
import Testing
import Web

@testable import Insight
@testable import Surveys

@Suite struct `Coverage of a survey` {
    /// A survey that has asked: by a wave of each `touchpoint`, of the `addresses` given.
    private struct Asked {
        let programme: Programme
        let site: TestSite
        let survey: Survey

        init(on backend: Backend) async throws {
            let programme = try await Programme(backend)
            let (database, world) = (programme.database, programme.world)
            self.programme = programme
            survey = try await programme.survey("Delivery <b>")
            site = TestSite { table, _ in
                CoverageRoutes(database: database, world: world).add(to: &table)
                OverviewRoutes(database: database, world: world) { _, _, _ in CaseSummary() }.add(to: &table)
                WaveRoutes(database: database, planner: WavePlanner(world: world, secret: [1, 2, 3]))
                    .add(to: &table)
                AskRuleRoutes(database: database, world: world, secret: [1, 2, 3]).add(to: &table)
                CustomerEventRoutes(database: database, world: world).add(to: &table)
                ExclusionRoutes(database: database, world: world).add(to: &table)
                ScoreRoutes(database: database).add(to: &table)
            }
        }

        func ask(_ addresses: [String], _ more: JSONObject = [:]) async throws {
            var body: JSONObject = [
                "channel": "email", "to": .array(addresses.map { ["email": .string($0)] }),
            ]
            for member in more.members { body.set(member.key, member.value) }
            let answer = try await site.api(
                .post, "/surveys/\(survey.id)/invitations", JSONValue.object(body).text)
            #expect(answer.status == 202, "\(answer.text)")
        }

        /// The invitation of an address.
        func invitation(_ address: String) async throws -> Int64 {
            try await programme.database.read { tx in
                try tx.run(
                    """
                    SELECT i.id FROM invitations i JOIN contact_points c ON c.customer_id = i.customer_id
                    WHERE i.account_id = 1 AND c.account_id = 1 AND c.value = \(address) ORDER BY i.id
                    """)[0].int64("id")
            }
        }

        func become(_ state: Invitation.State, _ address: String) async throws {
            let id = try await invitation(address)
            try await programme.run(
                "UPDATE invitations SET state = \(state), settled_at = 1 WHERE account_id = 1 AND id = \(id)")
        }

        func visit(_ address: String, machine: Bool) async throws {
            let (id, at) = (try await invitation(address), programme.clock.now)
            let number = programme.world.newID()
            try await programme.run(
                """
                INSERT INTO invitation_intents
                  (id, account_id, invitation_id, survey_id, kind, machine, happened_at)
                VALUES (\(number), 1, \(id), \(survey.id), 'fetch', \(machine), \(at))
                """)
        }

        func answer(_ address: String, _ score: Int) async throws {
            let id = try await invitation(address)
            let made = try await programme.record([GivenAnswer(score)], for: survey)
            let response = try #require(made.first?.id)
            try await programme.run(
                "UPDATE invitations SET response_id = \(response) WHERE account_id = 1 AND id = \(id)")
        }
    }

    @Test(arguments: Backend.available)
    func `counts every step from the list to the answer, with its interval`(backend: Backend) async throws {
        let asked = try await Asked(on: backend)
        try await asked.ask(
            ["a@x.example", "b@x.example", "c@x.example", "d@x.example", "a@x.example"],
            ["touchpoint": "till <i>"])
        try await asked.ask(["a@x.example", "e@x.example"])
        for name in ["a", "b", "c"] { try await asked.become(.sent, "\(name)@x.example") }
        try await asked.become(.withdrawn, "d@x.example")
        try await asked.visit("a@x.example", machine: false)
        for _ in 1...3 { try await asked.visit("b@x.example", machine: true) }
        try await asked.answer("a@x.example", 9)
        let (waiting, at) = (try await asked.invitation("c@x.example"), asked.programme.clock.now)
        try await asked.programme.run(
            """
            INSERT INTO provisional_scores (invitation_id, account_id, survey_id, raw, given_at, due_at)
            VALUES (\(waiting), 1, \(asked.survey.id), 8, \(at), \(at))
            """)
        let path = "/surveys/\(asked.survey.id)/coverage"
        let found = try await asked.site.api(.get, path).json
        let overall = found["overall"]
        for (name, count) in [
            ("listed", 7), ("eligible", 6), ("invited", 4), ("delivered", 3), ("withdrawn", 1),
            ("waiting", 1), ("opened", 1), ("scanned", 1), ("answered", 1), ("provisional", 1),
        ] {
            #expect(overall?[name]?.exactInteger == count, "\(name): \(overall?[name]?.text ?? "")")
        }
        #expect(overall?["skipped"] == ["quiet_period": 1, "duplicate": 1])
        #expect(overall?["response_rate"]?["count"] == 1 && overall?["response_rate"]?["n"] == 3)
        #expect((overall?["response_rate"]?["low"]?.double ?? 0) > 0)
        #expect(found["links"] == ["opened": 4, "by_machines": 3])
        #expect(found["touchpoints"]?.array?.map { $0["key"] } == ["till <i>", .null])
        #expect(found["waves"]?.array?.count == 2 && found["alarms"] == [])

        let page = try await asked.site.page(path).text
        for words in [
            "Delivery &lt;b&gt;", "till &lt;i&gt;", "33.3% of 3", "Machines opened 3 of 4 links",
            "asked not long ago", "No touchpoint",
        ] {
            #expect(page.contains(words), "\(words)")
        }
        let later = try await asked.site.api(.get, "\(path)?from=2027-01-01&to=2027-02-01").json
        #expect(later["waves"] == [] && later["overall"]?["coverage"]?["value"] == .null)
        #expect(try await asked.site.page("\(path)?from=2027-01-01").text.contains("Nobody was asked"))
        #expect(try await asked.site.api(.get, "\(path)?from=x").wrong == ["/from not-a-date"])
        #expect(try await asked.site.api(.get, path, account: 2).status == 404)
        #expect(try await asked.site.page(path, account: 2).status == 404)
    }

    @Test(arguments: Backend.available)
    func `counts by rule, by agent and by hand`(backend: Backend) async throws {
        let asked = try await Asked(on: backend)
        let (site, world) = (asked.site, asked.programme.world)
        let rule =
            try await site.api(
                .post, "/ask-rules",
                """
                {"name": "After <i>", "survey": "\(asked.survey.id)", "event": "order", "channel": "email",
                 "touchpoint": "till"}
                """
            ).json["id"]?.string ?? ""
        func happen(_ name: String, _ agent: String) async throws {
            let told = try await site.api(
                .post, "/customer-events",
                """
                {"event": "order", "customer": {"email": "\(name)@x.example"},
                 "properties": {"agent": "\(agent)"}}
                """)
            #expect(told.status == 202)
        }
        for name in ["a", "b", "c"] { try await happen(name, "Jo") }
        try await happen("d", "Al <b>")
        func follow() async throws {
            let clock = asked.programme.clock
            try await Follower(
                database: asked.programme.database, now: { clock.now }, holder: "test",
                consumers: [AskRuleJobs.asker(world: world, secret: [1, 2, 3])]
            ).runUntilIdle()
        }
        try await follow()
        try await happen("a", "Jo")
        try await follow()
        let excluded = try await site.api(
            .post, "/ask-rules/\(rule)/exclusions",
            #"{"customer": {"email": "b@x.example"}, "reason": "hardship"}"#)
        #expect(excluded.status == 201, "\(excluded.text)")
        var picked = WaveRequest(to: PastedAddresses("p@x.example, q@x.example").inputs)
        picked.reason = .occasion
        try await asked.programme.database.write { [survey = asked.survey.id, picked] tx in
            try WavePlanner(world: world, secret: [1, 2, 3]).plan(
                picked, of: survey, account: 1, by: .member(9), in: tx)
        }
        try await asked.ask(["r@x.example"], ["agent": "Jo"])

        let path = "/surveys/\(asked.survey.id)/coverage"
        let found = try await site.api(.get, path).json
        let ruled = found["rules"]?.array?.first
        #expect(found["rules"]?.array?.count == 1 && ruled?["rule"]?.string == rule)
        #expect(ruled?["coverage"]?["eligible"] == 5 && ruled?["coverage"]?["invited"] == 3)
        #expect(ruled?["coverage"]?["skipped"] == ["quiet_period": 1])
        #expect(ruled?["coverage"]?["excluded_by_hand"] == 1)
        let agents = found["agents"]?.array ?? []
        #expect(agents.map { $0["key"] } == ["Jo", "Al <b>"])
        #expect(agents.first?["coverage"]?["eligible"] == 5 && agents.first?["coverage"]?["invited"] == 3)
        #expect(agents.first?["coverage"]?["excluded_by_hand"] == 1)
        #expect(found["touchpoints"]?.array?.map { $0["key"] } == ["till", .null])
        let hands = found["by_hand"]
        #expect(hands?["lists"] == 1 && hands?["picked"] == 2 && hands?["excluded"] == 1)
        #expect(hands?["reasons"] == ["occasion": 1] && hands?["exclusion_reasons"] == ["hardship": 1])
        #expect(hands?["hands"]?.array?.count == 2)
        #expect(found["waves"]?.array?.map { $0["by_hand"] } == [false, true, false])
        let page = try await site.page(path).text
        for words in [
            "After &lt;i&gt;", "Al &lt;b&gt;", "Too few to rank", "They came to something",
            "Left out: Bereaved, ill or in a bad way", "One person was left out by hand.",
        ] {
            #expect(page.contains(words), "\(words)")
        }
    }

    @Test(arguments: Backend.available)
    func `stands beside the score with what is left out of it`(backend: Backend) async throws {
        let asked = try await Asked(on: backend)
        try await asked.ask(["a@x.example", "b@x.example", "c@x.example"])
        for name in ["a", "b"] { try await asked.become(.sent, "\(name)@x.example") }
        try await asked.answer("a@x.example", 9)
        try await asked.programme.count()
        try await asked.visit("a@x.example", machine: false)
        for _ in 1...2 { try await asked.visit("b@x.example", machine: true) }
        let query = "/scores?survey=\(asked.survey.id)"
        let overall = try await asked.site.api(.get, query).json["overall"]
        let rate = overall?["response_rate"]
        #expect(rate?["count"] == 1 && rate?["n"] == 2 && rate?["value"]?.double == 50)
        #expect((rate?["low"]?.double ?? 0) > 0 && (rate?["high"]?.double ?? 100) < 100)
        #expect(overall?["excluded"] == ["intents": 1, "machines": 2, "provisional": 0])
        let cut = try await asked.site.api(.get, query + "&where[touchpoint]=x").json["overall"]
        #expect(cut?["response_rate"] == nil && cut?["excluded"] == nil)
        let later = try await asked.site.api(.get, query + "&from=2027-01-01").json["overall"]
        #expect(later?["response_rate"]?["n"] == 0 && later?["response_rate"]?["value"] == .null)
        let page = try await asked.site.page("/").text
        #expect(page.contains("That is 66.7%.") || page.contains("That is 67%."))
        let figures = try await asked.programme.database.read { tx in
            try SurveyScores.figures(of: [asked.survey], .of(.en), in: tx)
        }
        #expect(figures[asked.survey.id]?.intents?.contains("Machines opened 2 of 3 links") == true)
    }

    @Test(arguments: Backend.available)
    func `shows apart on the overview what counts nowhere`(backend: Backend) async throws {
        let asked = try await Asked(on: backend)
        try await asked.ask(["a@x.example", "b@x.example"])
        try await asked.answer("a@x.example", 9)
        try await asked.programme.count()
        #expect(try await !asked.site.page("/").text.contains("provisional"))
        try await asked.visit("b@x.example", machine: true)
        let (waiting, at) = (try await asked.invitation("b@x.example"), asked.programme.clock.now)
        try await asked.programme.run(
            """
            INSERT INTO provisional_scores (invitation_id, account_id, survey_id, raw, given_at, due_at)
            VALUES (\(waiting), 1, \(asked.survey.id), 8, \(at), \(at))
            """)
        let page = try await asked.site.page("/").text
        #expect(page.contains("1 answer is provisional"))
        #expect(page.contains("Machines opened 1 of 1 link that was opened"))
        #expect(page.contains("href=\"/surveys/\(asked.survey.id)/coverage\""))
        let figures = try await asked.programme.database.read { tx in
            try SurveyScores.figures(of: [asked.survey], .of(.en), in: tx)
        }
        #expect(figures[asked.survey.id]?.provisional == 1)
    }

    @Test(arguments: Backend.available)
    func `says whether colour moves scores, of waves that compare`(backend: Backend) async throws {
        let asked = try await Asked(on: backend)
        let addresses = (1...40).map { "p\($0)@x.example" }
        try await asked.ask(addresses, ["style": "both"])
        try await asked.ask(["q@x.example"], ["style": "coloured"])
        let dealt = try await asked.programme.database.read { tx in
            try tx.run("SELECT style, COUNT(*) AS n FROM invitations WHERE account_id = 1 GROUP BY style")
                .map { (try $0.text("style"), try $0.int("n")) }
        }
        #expect(Set(dealt.map(\.0)) == ["neutral", "coloured"] && dealt.map(\.1).reduce(0, +) == 41)
        try await asked.programme.run("UPDATE invitations SET state = 'sent' WHERE account_id = 1")
        let path = "/surveys/\(asked.survey.id)/coverage"
        #expect(try await asked.site.page(path).text.contains("Too few answers to compare yet."))
        for address in addresses.prefix(30) {
            let id = try await asked.invitation(address)
            let isColoured = SurveyDefinition.Style.dealt(to: Invitation.ID(id)) == .coloured
            try await asked.answer(address, isColoured ? 10 : 3)
        }
        try await asked.answer("q@x.example", 0)
        let styles = try await asked.site.api(.get, path).json["styles"]
        let sides = ["neutral", "coloured"].map { styles?[$0]?["figure"]?["n"]?.exactInteger ?? 0 }
        #expect(sides.reduce(0, +) == 30 && !sides.contains(0))
        #expect(styles?["score"]?["difference"]?.double == 200)
        #expect((styles?["score"]?["p"]?.double ?? 1) < 0.001)
        #expect(try await asked.site.page(path).text.contains("Colour moves the score by +200"))
    }
}
