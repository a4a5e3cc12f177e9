import Database
import Formats
import Kernel
import Ledger
import TestKit
import Testing

@Suite struct EventTests {
    @Test(arguments: ["response.recorded", "tea_pot.filled_up"])
    func `a kind is a noun and a verb`(name: String) {
        #expect(EventKind(rawValue: name)?.rawValue == name)
    }

    @Test(arguments: [
        "", "response", "response.", ".recorded", "a.b.c", "Response.recorded", "response recorded", "é.b",
    ])
    func `anything else is no kind`(name: String) {
        #expect(EventKind(rawValue: name) == nil)
        #expect(JobKind(rawValue: name) == nil)
    }

    @Test(arguments: [
        (Actor.customer, "customer"), (.member(17), "member:17"), (.token(-3), "token:-3"),
        (.system, "system"),
        (.import, "import"), (.operator, "operator"),
    ])
    func `an actor reads back from its text`(actor: Actor, text: String) {
        #expect(actor.description == text)
        #expect(Actor(text) == actor)
    }

    @Test(arguments: ["", "member", "member:", "member:x", "system:1", "token:1:2", "Customer"])
    func `other texts are nobody`(text: String) {
        #expect(Actor(text) == nil)
    }

    @Test(arguments: Backend.available)
    func `an event comes back as it was told, its payload in one spelling`(backend: Backend) async throws {
        let scene = try await Scene(backend)
        let (id, now) = (scene.world.newID(), scene.clock.now)
        try await scene.database.write { tx in
            try Ledger.append(
                .teaServed, about: 7, customer: 9, by: .member(3),
                payload: ["z": "ż'\"", "a": 1, "m": ["x", "y"]],
                id: id, account: 4, at: now, in: tx)
        }
        try await scene.seal()
        let events = try await scene.database.read { tx in
            try SealedEvent.after(0, account: 4, limit: 10, in: tx)
        }
        let event = try #require(events.first)
        #expect(events.count == 1)
        #expect(event.position == 1 && event.id == id && event.kind == .teaServed && event.subject == 7)
        #expect(event.customer == 9 && event.actor == .member(3) && event.happenedAt == now)
        #expect(event.payloadText == #"{"a":1,"m":["x","y"],"z":"ż'\""}"#)
        #expect(try event.payload["a"]?.int == 1)
    }

    @Test(arguments: Backend.available)
    func `an event of a change that is rolled back never was`(backend: Backend) async throws {
        let scene = try await Scene(backend)
        let (id, now) = (scene.world.newID(), scene.clock.now)
        await #expect(throws: Mishap.self) {
            try await scene.database.write { tx in
                try Ledger.append(.teaServed, about: 7, by: .system, id: id, account: 1, at: now, in: tx)
                throw Mishap()
            }
        }
        #expect(try await scene.count("SELECT COUNT(*) AS n FROM unsealed_events") == 0)
    }

    @Test(arguments: Backend.available)
    func `lists come newest first, page by page, and only of the account`(backend: Backend) async throws {
        let scene = try await Scene(backend)
        try await scene.append(5, .kettleBoiled, subject: 5, customer: 8)
        try await scene.append(5, .teaServed, subject: 6, customer: 8, by: .member(1))
        try await scene.append(1, .teaServed, subject: 6)
        try await scene.append(3, .teaServed, account: 2, subject: 6, customer: 8)
        try await scene.seal()
        try await scene.database.read { tx in
            let first = try SealedEvent.timeline(customer: 8, account: 1, limit: 4, in: tx)
            let rest = try SealedEvent.timeline(
                customer: 8, account: 1, before: first.last?.position, limit: 99, in: tx)
            #expect((first + rest).map(\.position) == [10, 9, 8, 7, 6, 5, 4, 3, 2, 1])
            #expect(
                try SealedEvent.about(subject: 6, account: 1, limit: 99, in: tx).map(\.position) == [
                    11, 10, 9, 8, 7, 6,
                ])
            let audit = { (prefixes: [String], actor: Actor?) in
                try SealedEvent.audit(account: 1, prefixes: prefixes, by: actor, limit: 99, in: tx).map(
                    \.position)
            }
            #expect(try audit([], nil).count == 11)
            #expect(try audit(["kettle."], nil) == [5, 4, 3, 2, 1])
            #expect(try audit(["kettle.", "tea.served"], nil).count == 11)
            #expect(try audit(["tea."], .member(1)) == [10, 9, 8, 7, 6])
            #expect(try audit(["te", "%"], .customer) == [])
            #expect(try SealedEvent.head(account: 1, in: tx) == 11)
            #expect(try SealedEvent.after(9, account: 1, limit: 1, in: tx).map(\.position) == [10])
        }
    }
}
