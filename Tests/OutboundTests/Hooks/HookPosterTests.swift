import Kernel
import Synchronization
import Testing

@testable import Outbound

/// What a called server does, and what becomes of the message. Limits are small; what is asserted of time is
/// only that a call ends at all.
@Suite struct `A called server that` {
    private static let loopback = AddressGuard(allowing: [IPNetwork("127.0.0.0/8")!])
    private static let second = Timestamp(milliseconds: 1_795_435_200_000)

    private func poster(
        guarding: AddressGuard = loopback, resolver: HostResolver = .system,
        _ change: (inout HookPoster.Settings) -> Void = { _ in }
    ) -> HookPoster {
        var settings = HookPoster.Settings(guarding: guarding)
        settings.totalTimeout = .seconds(2)
        settings.bodyTimeout = .milliseconds(200)
        change(&settings)
        return HookPoster(settings, now: { Self.second }, resolver: resolver)
    }

    private func request(_ url: String) -> HookRequest {
        HookRequest(
            url: url, headers: [.init("Content-Type", "application/json"), .init("webhook-id", "evt_1")],
            body: Array(#"{"a":1}"#.utf8))
    }

    private func post(
        _ server: ScriptedRelay, _ change: (inout HookPoster.Settings) -> Void = { _ in }
    ) async throws -> HookReply {
        try await poster(change).post(request("http://127.0.0.1:\(server.port)/hook?x=1"))
    }

    private func failure(
        _ url: String, _ poster: HookPoster
    ) async throws -> HookFailure {
        try #require(await #expect(throws: HookFailure.self) { try await poster.post(request(url)) })
    }

    @Test func `accepts gets what was to be said, and its answer is quoted`() async throws {
        let server = ScriptedRelay { talk in
            talk.hearHead()
            talk.say("HTTP/1.1 202 Accepted\r\nContent-Length: 4\r\nRetry-After: 7\r\n\r\nfine")
            talk.drain()
        }
        let reply = try await post(server)
        #expect(reply.status == 202 && reply.retryAfter == .seconds(7))
        #expect(reply.body.starts(with: Array("fine".utf8)))
        #expect(server.lines.first == "POST /hook?x=1 HTTP/1.1")
        for line in [
            "Host: 127.0.0.1:\(server.port)", "Content-Type: application/json", "webhook-id: evt_1",
            "Content-Length: 7", "User-Agent: Rapport",
        ] { #expect(server.lines.contains(line), "\(line) in \(server.lines)") }
        #expect(!server.lines.contains { $0.hasPrefix("Expect") || $0.hasPrefix("Accept-Encoding") })
    }

    @Test func `redirects is believed and not followed`() async throws {
        let stranger = ScriptedRelay { talk in talk.hearHead() }
        let server = ScriptedRelay { talk in
            talk.hearHead()
            talk.say("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:\(stranger.port)/\r\n\r\n")
        }
        #expect(try await post(server).status == 302)
        #expect(server.connections == 1 && stranger.connections == 0)
    }

    @Test func `hangs is given up`() async throws {
        let server = ScriptedRelay { talk in talk.drain() }
        let failure = try await failure("http://127.0.0.1:\(server.port)/", poster())
        #expect(failure.kind == .unreachable)
        #expect(server.connections == 1)
    }

    @Test func `drips its head is given up`() async throws {
        let server = ScriptedRelay { talk in
            talk.hearHead()
            while talk.send("H") { talk.rest() }
        }
        #expect(try await failure("http://127.0.0.1:\(server.port)/", poster()).kind == .unreachable)
    }

    @Test func `drips its body has answered`() async throws {
        let server = ScriptedRelay { talk in
            talk.hearHead()
            talk.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
            while talk.send("x") { talk.rest() }
        }
        let reply = try await post(server) { $0.totalTimeout = .seconds(60) }
        #expect(reply.status == 200 && reply.body.count < 4096)
    }

    @Test func `answers a gigabyte is heard for four kilobytes`() async throws {
        let sent = Atomic(0)
        let server = ScriptedRelay { talk in
            talk.hearHead()
            talk.send("HTTP/1.1 500 No\r\nContent-Length: 1073741824\r\n\r\n")
            let piece = String(repeating: "x", count: 65_536)
            while talk.send(piece) { sent.add(65_536, ordering: .relaxed) }
        }
        let reply = try await post(server) { $0.totalTimeout = .seconds(60) }
        #expect(reply.status == 500 && reply.body.count == 4096)
        #expect(sent.load(ordering: .relaxed) < 1 << 28)
    }

    @Test func `says heads without end is given up`() async throws {
        let server = ScriptedRelay { talk in
            talk.hearHead()
            talk.send("HTTP/1.1 200 OK\r\n")
            while talk.send("X-Padding: \(String(repeating: "x", count: 8000))\r\n") {}
        }
        let poster = poster { $0.totalTimeout = .seconds(60) }
        #expect(try await failure("http://127.0.0.1:\(server.port)/", poster).kind == .unreachable)
    }

    @Test(arguments: ["", "HTTP/1.1 200", "<html>", "\0\0\0\0", "HTTP/1.1 2000 x\r\n\r\n"])
    func `closes or talks nonsense has not answered`(nonsense: String) async throws {
        let server = ScriptedRelay { talk in
            talk.hearHead()
            talk.send(nonsense)
            talk.closeRudely()
        }
        #expect(try await failure("http://127.0.0.1:\(server.port)/", poster()).kind == .unreachable)
    }

    @Test func `shows no certificate that is believed gets nothing`() async throws {
        let server = ScriptedRelay { talk in
            talk.send("HTTP/1.1 200 OK\r\n\r\n")
            talk.drain()
        }
        #expect(try await failure("https://127.0.0.1:\(server.port)/", poster()).kind == .unreachable)
        #expect(!server.lines.contains { $0.contains("POST") })
        for (name, isBelieved) in [("127.0.0.1", true), ("hooks.example.net", false)] {
            let peer = try Peer("hook_server.py", name), words = peer.words()
            let (port, authority) = (try #require(words.dropFirst().first), words.last)
            let url = "https://127.0.0.1:\(port)/"
            #expect(try await failure(url, poster()).kind == .unreachable, "nobody knows its authority")
            let believing = poster { $0.authorities = authority }
            if isBelieved {
                #expect(try await believing.post(request(url)).status == 200)
            } else {
                #expect(try await failure(url, believing).kind == .unreachable, "a certificate of another")
            }
        }
    }

    @Test func `is not there is unreachable`() async throws {
        #expect(try await failure("http://127.0.0.1:1/", poster()).kind == .unreachable)
    }

    @Test func `hangs keeps nobody else waiting`() async throws {
        let slow = ScriptedRelay { talk in talk.drain() }
        let quick = ScriptedRelay { talk in
            talk.hearHead()
            talk.say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        }
        let poster = poster { $0.totalTimeout = .seconds(60) }
        let hanging = (0..<40).map { _ in
            Task { try await poster.post(request("http://127.0.0.1:\(slow.port)/")) }
        }
        while slow.connections < 40 { try await Task.sleep(for: .milliseconds(10)) }
        // They hang for a minute; this would wait for one of them.
        for _ in 0..<20 {
            #expect(try await poster.post(request("http://127.0.0.1:\(quick.port)/")).status == 200)
        }
        slow.hangUp()
        for task in hanging { _ = await task.result }
    }

    @Test func `is reached at the address that was checked, whatever its name says next`() async throws {
        let asked = Mutex<[String]>([])
        let server = ScriptedRelay { talk in
            talk.hearHead()
            talk.say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        }
        // A name that nobody else resolves: libcurl must take our word. The second answer is another.
        let resolver = HostResolver { name throws(HookFailure) in
            let times = asked.withLock { names in
                names.append(name)
                return names.count
            }
            return [IPAddress(times == 1 ? "127.0.0.1" : "10.0.0.1")!]
        }
        let poster = poster(resolver: resolver), url = "http://rebinding.invalid:\(server.port)/"
        #expect(try await poster.post(request(url)).status == 200)
        #expect(server.lines.contains("Host: rebinding.invalid:\(server.port)"))
        #expect(asked.withLock { $0 } == ["rebinding.invalid"])
        #expect(try await failure(url, poster).kind == .forbidden)
        #expect(server.connections == 1)
    }

    @Test(arguments: ["10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1"])
    func `has one private address among public ones is never called`(hidden: String) async throws {
        let resolver = HostResolver { _ throws(HookFailure) in
            [IPAddress("93.184.215.14")!, IPAddress(hidden)!]
        }
        let poster = poster(guarding: AddressGuard(), resolver: resolver)
        let failure = try await failure("https://example.org/", poster)
        #expect(failure.kind == .forbidden && failure.reason.contains(IPAddress(hidden)!.description))
    }

    @Test func `has a private address is called only where that is allowed`() async throws {
        let server = ScriptedRelay { talk in
            talk.hearHead()
            talk.say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        }
        let url = "http://127.0.0.1:\(server.port)/"
        #expect(try await failure(url, poster(guarding: AddressGuard())).kind == .forbidden)
        #expect(server.connections == 0)
        #expect(try await poster().post(request(url)).status == 200)
    }

    @Test func `would be told a second header by a line in the first is not called`() async throws {
        let server = ScriptedRelay { talk in talk.hearHead() }
        let forged = HookRequest(
            url: "http://127.0.0.1:\(server.port)/", headers: [.init("webhook-id", "x\r\nHost: y")], body: [])
        await #expect(throws: HookFailure.self) { try await poster().post(forged) }
        #expect(server.connections == 0)
    }
}
