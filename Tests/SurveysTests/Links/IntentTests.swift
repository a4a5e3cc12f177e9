import Database
import Formats
import HTTPTypes
import Kernel
import Surveys
import TestKit
import Testing

/// Who opened a link: a person, or something that opens every link.
@Suite struct `A visit` {
    /// `fetch 9 machine`, in the order in which they came.
    private func kept(_ house: House) async throws -> [String] {
        try await house.database.read { tx in
            try tx.run("SELECT kind, raw, machine FROM invitation_intents ORDER BY happened_at, id").map {
                let raw = try $0.optionalInt("raw").map { " \($0)" } ?? ""
                return try $0.text("kind") + raw + ($0.bool("machine") ? " machine" : "")
            }
        }
    }
    private func waiting(_ house: House) async throws -> Int { try await house.rows("provisional_scores") }

    @Test func `of a person is a person's`() async throws {
        let house = try await House(on: .sqlite)
        let link = try await house.invited()
        _ = try await link.open("?s=9")
        house.clock.advance(by: .seconds(11))
        _ = try await link.open("?s=8")
        house.clock.advance(by: .seconds(6))
        try await link.confirm(8)
        #expect(try await kept(house) == ["fetch 9", "fetch 8", "gesture 8"])
        #expect(try await waiting(house) == 1)
    }

    @Test(arguments: Backend.available)
    func `of two scores in ten seconds is a machine's, and so is what it says`(backend: Backend) async throws
    {
        let house = try await House(on: backend)
        let link = try await house.invited()
        _ = try await link.open("?s=9")
        house.clock.advance(by: .seconds(9))
        _ = try await link.open("?s=8")
        #expect(try await link.confirm(8) == 204)
        #expect(try await kept(house) == ["fetch 9 machine", "fetch 8 machine", "gesture 8 machine"])
        #expect(try await waiting(house) == 0)
        try await link.confirm(8, as: Visitor(address: "198.51.100.9"))
        #expect(try await waiting(house) == 1, "a person elsewhere is none of it")
        #expect(try await link.send(7) == 303)
    }

    @Test func `to the same score twice is a person's`() async throws {
        let house = try await House(on: .sqlite)
        let link = try await house.invited()
        for _ in 0..<2 { _ = try await link.open("?s=9") }
        _ = try await link.open()
        #expect(try await kept(house) == ["fetch 9", "fetch 9", "fetch"])
    }

    @Test(arguments: Backend.available)
    func `to the hidden link marks the mailbox for ten minutes before and after`(backend: Backend)
        async throws
    {
        let house = try await House(on: backend)
        let link = try await house.invited()
        _ = try await link.open("?s=1")
        house.clock.advance(by: .seconds(700))
        _ = try await link.open("?s=9")
        try await link.confirm(9)
        house.clock.advance(by: .seconds(300))
        #expect(try await link.open("/d").status == 200)
        #expect(try await waiting(house) == 0, "what a scanner gave is taken back")
        house.clock.advance(by: .seconds(600))
        _ = try await link.open("?s=4")
        try await link.confirm(4)
        #expect(
            try await kept(house) == [
                "fetch 1", "fetch 9 machine", "gesture 9 machine", "decoy machine", "fetch 4 machine",
                "gesture 4 machine",
            ])
        #expect(try await waiting(house) == 0)
        house.clock.advance(by: .seconds(1))
        try await link.confirm(4)
        #expect(try await waiting(house) == 1, "later it is a person's word again")
        #expect(try await link.send(5) == 303)
        #expect(try await house.answers().map { $0["score"] } == [5])
    }

    @Test func `to the hidden link takes nothing back that was given long before`() async throws {
        let house = try await House(on: .sqlite)
        let link = try await house.invited()
        try await link.confirm(9)
        house.clock.advance(by: .seconds(601))
        #expect(try await house.site.post(link.path + "/d", form: []).status == 200)
        #expect(try await kept(house) == ["gesture 9", "decoy machine"])
        #expect(try await waiting(house) == 1)
    }

    @Test(arguments: [
        ("prefetch", "", true), ("prefetch;prerender", "", true), ("", "BingPreview/1.0b", true),
        ("", "Mimecast Link Scanner", true), ("", "our-gateway/2", true), ("", "", false),
        ("", "python-requests/2.32", false), ("navigate", "Microsoft Outlook 16.0", false),
    ])
    func `tells by its headers what it is`(purpose: String, agent: String, isMachine: Bool) async throws {
        let house = try await House(on: .sqlite)
        let link = try await house.invited()
        let visitor = Visitor(agent: agent, purpose: purpose.isEmpty ? nil : purpose)
        _ = try await link.open("?s=9", as: visitor)
        house.clock.advance(by: .seconds(60))
        try await link.confirm(9, as: visitor)
        let mark = isMachine ? " machine" : ""
        #expect(try await kept(house) == ["fetch 9" + mark, "gesture 9" + mark])
        #expect(try await waiting(house) == (isMachine ? 0 : 1))
    }

    @Test(arguments: [
        (Invitation.State.sent, 2, true), (.sent, 3, false), (.sending, 0, true), (.uncertain, 1, false),
    ])
    func `within three seconds of the mail is a machine's`(
        state: Invitation.State, seconds: Int, isMachine: Bool
    ) async throws {
        let house = try await House(on: .sqlite)
        let link = try await house.invited(state: state, sentAgo: .seconds(seconds))
        _ = try await link.open("?s=9")
        #expect(try await kept(house) == ["fetch 9" + (isMachine ? " machine" : "")])
    }

    @Test(arguments: [
        ("203.0.113.77", "203.0.113.0/24"), ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2ff::7", "20010db8000102/56"), ("not an address", "-"),
    ])
    func `is kept with its neighbourhood and not with its address`(address: String, network: String)
        async throws
    {
        let house = try await House(on: .sqlite)
        let link = try await house.invited()
        _ = try await link.open("?s=9", as: Visitor(address: address))
        #expect(try await house.value("network", of: "invitation_intents") ?? "-" == network)
    }

    @Test func `is not kept for ever`() async throws {
        let house = try await House(on: .sqlite)
        let link = try await house.invited()
        for _ in 0..<205 { _ = try await link.open("?s=9") }
        #expect(try await kept(house).count == 200)
        #expect(try await link.send(9) == 303)
        _ = try await link.open("?s=9")
        #expect(try await kept(house).count == 200)
    }
}
