import Accounts
import Database
import Formats
import HTTPTypes
import Kernel
import Ledger
import TestKit
import Testing
import Web

@testable import Surveys

extension House {
    /// A member of account 1, by number.
    func member(_ number: Int64, _ name: String, account: Int64 = 1) async throws -> Member.ID {
        try await database.write { tx in
            try tx.run(
                """
                INSERT INTO members (id, email, name, created_at)
                VALUES (\(number), \("m\(number)@kettles.example"), \(name), 0)
                """)
            try tx.run(
                """
                INSERT INTO memberships (account_id, member_id, role, joined_at)
                VALUES (\(account), \(number), 'agent', 0)
                """)
        }
        return Member.ID(number)
    }

    func answer(_ survey: String, _ body: String = #"{"score": 2}"#) async throws -> String {
        let made = try await site.api(.post, "/surveys/\(survey)/responses", body)
        return made.json["id"]?.string ?? made.text
    }

    /// What waits for its seal, the oldest first: kind and payload.
    func told(_ noun: String) async throws -> [(kind: String, payload: String)] {
        try await database.read { tx in
            try tx.run("SELECT kind, payload FROM unsealed_events WHERE account_id = 1 ORDER BY id")
                .map { (try $0.text("kind"), try $0.text("payload")) }
        }.filter { $0.0.hasPrefix(noun + ".") && $0.0 != "response.recorded" }
    }
}

@Suite struct `What a team does with an answer` {
    @Test(arguments: Backend.available)
    func `takes twenty tags, and an account five hundred`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let id = try await house.answer(try await house.survey().id)
        let many = (1...ResponseTag.mostOnAResponse).map { "\"t\($0)\"" }.joined(separator: ", ")
        let put = try await house.site.api(.put, "/responses/\(id)/tags", #"{"tags": [\#(many)]}"#)
        #expect(put.status == 200, "\(put.text)")
        let more = try await house.site.page("/responses/\(id)/tags", form: [("tag", "one more")])
        #expect(more.status == 422)
        try await house.database.write { tx in
            for number in 1...ResponseTag.mostInAnAccount - ResponseTag.mostOnAResponse {
                try tx.run(
                    """
                    INSERT INTO response_tag_names (id, account_id, name, folded, created_at)
                    VALUES (\(number), 1, \("x\(number)"), \("x\(number)"), 0)
                    """)
            }
        }
        let other = try await house.site.api(.put, "/responses/\(id)/tags", #"{"tags": ["y"]}"#)
        #expect(other.status == 422 && other.text.contains("too-many"), "\(other.text)")
    }

    @Test(arguments: Backend.available)
    func `is put by a program, told once, and never changes the answer`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let olga = try await house.member(71, "Olga")
        let id = try await house.answer(try await house.survey().id)
        let before = try await house.site.api(.get, "/responses/\(id)").json
        #expect(before["state"] == "unread" && before["owner"] == .null && before["tags"] == [])
        for _ in 1...2 {
            let owned = try await house.site.api(
                .put, "/responses/\(id)/owner", #"{"member": "\#(olga)"}"#)
            #expect(owned.status == 200 && owned.json["owner"]?.string == olga.description)
            let done = try await house.site.api(.put, "/responses/\(id)/state", #"{"state": "done"}"#)
            #expect(done.json["state"] == "done")
            let tagged = try await house.site.api(
                .put, "/responses/\(id)/tags", #"{"tags": ["Late  train", "refund", "LATE TRAIN"]}"#)
            #expect(tagged.json["tags"] == ["Late train", "refund"], "\(tagged.text)")
        }
        var told = try await house.told("response")
        #expect(told.map(\.kind) == ["response.assigned", "response.done", "response.tagged"])
        #expect(!told.contains { $0.payload.lowercased().contains("late") }, "a name stands in an event")
        _ = try await house.site.api(.put, "/responses/\(id)/state", #"{"state": "unread"}"#)
        _ = try await house.site.api(.put, "/responses/\(id)/owner", #"{"member": null}"#)
        let bare = try await house.site.api(.put, "/responses/\(id)/tags", #"{"tags": []}"#).json
        told = try await house.told("response")
        #expect(
            told.dropFirst(3).map(\.kind) == ["response.reopened", "response.assigned", "response.tagged"])
        #expect(bare == before)
        #expect(try await house.rows("response_tag_names") == 0, "a name that nothing carries is kept")
    }

    @Test func `is refused by name where it is wrong`() async throws {
        let house = try await House(on: .sqlite)
        let stranger = try await house.member(72, "Piet", account: 2)
        let id = try await house.answer(try await house.survey().id)
        let many = (1...21).map { "\"t\($0)\"" }.joined(separator: ",")
        for (noun, body, wrong) in [
            ("owner", #"{"member": "\#(stranger)"}"#, "/member not-found"),
            ("owner", #"{"member": "me"}"#, "/member not-found"), ("owner", "{}", "/member missing"),
            ("state", #"{"state": "open"}"#, "/state unknown-value"), ("state", "{}", "/state missing"),
            ("tags", #"{"tags": ["a", 7]}"#, "/tags/1 wrong-type"),
            ("tags", #"{"tags": [" "]}"#, "/tags/0 missing"), ("tags", "{}", "/tags missing"),
            ("tags", #"{"tags": ["\#(String(repeating: "x", count: 41))"]}"#, "/tags/0 too-long"),
            ("tags", #"{"tags": [\#(many)]}"#, "/tags too-many"),
        ] {
            let refused = try await house.site.api(.put, "/responses/\(id)/\(noun)", body)
            #expect(refused.status == 422 && refused.wrong == [wrong], "\(body): \(refused.text)")
        }
        #expect(try await house.told("response").isEmpty)
        for noun in ["owner", "state", "tags"] {
            let foreign = try await house.site.api(
                .put, "/responses/\(id)/\(noun)", #"{"member": null, "state": "done", "tags": []}"#,
                account: 2)
            #expect([404, 422].contains(foreign.status))
        }
    }

    @Test(arguments: Backend.available)
    func `narrows lists, by page and by program`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let (olga, survey) = (try await house.member(71, "Olga"), try await house.survey().id)
        let mine = try await house.answer(survey), other = try await house.answer(survey)
        _ = try await house.site.api(.put, "/responses/\(mine)/owner", #"{"member": "\#(olga)"}"#)
        _ = try await house.site.api(.put, "/responses/\(mine)/tags", #"{"tags": ["Réfund"]}"#)
        _ = try await house.site.api(.put, "/responses/\(mine)/state", #"{"state": "read"}"#)
        for (query, found) in [
            ("owner=\(olga)", mine), ("owner=nobody", other), ("tag=R%C3%89FUND", mine),
            ("state=unread", other), ("state=read", mine),
            ("state=open&tag=re%CC%81fund", mine),
        ] {
            let listed = try await house.site.api(.get, "/responses?\(query)").json["data"]?.array ?? []
            #expect(listed.map { $0["id"]?.string } == [found], "\(query)")
            let page = try await house.site.page("/responses?\(query)").text
            #expect(page.contains("value=\"\(found)\""), "\(query)")
            #expect(!page.contains("value=\"\(found == mine ? other : mine)\""), "\(query)")
        }
        #expect(try await house.site.api(.get, "/responses?state=done").json["data"] == [])
        for (query, wrong) in [
            ("state=new", "/state unknown-value"), ("owner=me", "/owner not-an-id"), ("tag=", "/tag missing"),
        ] {
            let refused = try await house.site.api(.get, "/responses?\(query)")
            #expect(refused.status == 422 && refused.wrong == [wrong], "\(query)")
        }
    }

    @Test(arguments: Backend.available)
    func `is done with several rows by one form`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let (olga, survey) = (try await house.member(71, "Olga"), try await house.survey().id)
        let first = try await house.answer(survey), second = try await house.answer(survey)
        let third = try await house.answer(survey)
        func send(_ what: String, _ more: [(String, String)] = []) async throws -> TestAnswer {
            try await house.site.page(
                "/responses/marks",
                form: [("do", what), ("id", first), ("id", second), ("id", "rsp_0000000000001")] + more
                    + [("back", "/responses?state=open")])
        }
        for (what, more) in [
            ("done", []), ("assign", [("owner", olga.description)]), ("tag", [("tag", "refund")]),
        ] {
            let sent = try await send(what, more)
            #expect(sent.status == 303 && sent.location == "/responses?state=open", "\(what)")
        }
        #expect(try await send("assign", [("owner", "mem_0000000000007")]).status == 422)
        #expect(try await send("tag", [("tag", " ")]).status == 303)
        let listed = try await house.site.api(.get, "/responses").json["data"]?.array ?? []
        for answer in listed {
            let isThird = answer["id"]?.string == third
            #expect(answer["state"] == (isThird ? "unread" : "done"))
            #expect(answer["owner"] == (isThird ? .null : .string(olga.description)))
            #expect(answer["tags"] == (isThird ? [] : ["refund"]))
        }
        _ = try await send("unread")
        #expect(try await house.site.api(.get, "/responses?state=done").json["data"] == [])
        #expect(try await house.told("response").count == 8)
    }

    @Test(arguments: Backend.available)
    func `stands on the answer's page and is changed there`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let olga = try await house.member(71, "Olga <b>")
        let path = "/responses/" + (try await house.answer(try await house.survey().id))
        for (step, form) in [("owner", ("owner", olga.description)), ("tags", ("tag", "night <i>"))] {
            #expect(try await house.site.page("\(path)/\(step)", form: [form]).location == path)
        }
        let page = try await house.site.page(path).text
        #expect(page.contains("<dd>Olga &lt;b&gt;</dd>") && page.contains("night &lt;i&gt;"))
        let tag = try #require(page.firstMatch(of: /name="remove" value="(tag_[0-9a-z]+)"/)?.1)
        _ = try await house.site.page("\(path)/tags", form: [("remove", String(tag))])
        _ = try await house.site.page("\(path)/owner", form: [("owner", "nobody")])
        let bare = try await house.site.page(path).text
        #expect(!bare.contains("night") && bare.contains("<dd>Nobody</dd>"))
        #expect(try await house.site.page("\(path)/owner", form: [("owner", "x")]).status == 422)
    }

    @Test(arguments: Backend.available)
    func `leaves with the person, and tags with it`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let made = try await house.site.api(
            .post, "/surveys/\(try await house.survey().id)/responses",
            #"{"score": 2, "customer": {"external_id": "k", "name": "Żaneta"}}"#)
        let id = try #require(made.json["id"]?.string), customer = try #require(made.json["customer"]?.string)
        _ = try await house.site.api(.put, "/responses/\(id)/tags", #"{"tags": ["Mrs Żaneta"]}"#)
        #expect(try await house.rows("response_tags") == 1)
        #expect(try await house.site.api(.delete, "/customers/\(customer)").status == 204)
        #expect(try await house.rows("response_tags") == 0)
        #expect(try await house.rows("response_tag_names") == 0)
        #expect(try await house.site.api(.get, "/responses/\(id)").json["tags"] == [])
    }

    @Test func `may be done by who may write, and marked by who may look`() async throws {
        let house = try await House(on: .sqlite)
        let id = try await house.answer(try await house.survey().id)
        let cookie = "\(house.site.site.cookieName(Site.sessionCookie))=account-1/viewer"
        let headers: HTTPFields = [.cookie: cookie, .contentType: "application/x-www-form-urlencoded"]
        func send(_ what: String) async throws -> Int {
            try await house.site.call(
                .post, "/responses/marks", headers: headers,
                body: "csrf=form&do=\(what)&id=\(id)&tag=x&owner=nobody"
            ).status
        }
        #expect(try await send("read") == 303)
        #expect(try await send("tag") == 403)
        #expect(try await send("assign") == 403)
        let page = try await house.site.call(.get, "/responses", headers: headers).text
        #expect(page.contains("value=\"done\"") && !page.contains("value=\"assign\""))
    }
}
