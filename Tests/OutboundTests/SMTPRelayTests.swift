import Synchronization
import Testing

@testable import Outbound

/// What a relay does, and what becomes of the message. Each case stands beside one that differs in a single
/// reply and must end otherwise: that is its negative control.
@Suite struct `A relay that` {
    private func send(
        _ message: MailMessage = .example(), to relay: ScriptedRelay,
        _ change: (inout SMTPRelay.Settings) throws -> Void = { _ in }
    ) async throws -> MailReceipt {
        var settings = try SMTPRelay.Settings.loopback(relay.port)
        try change(&settings)
        return try await SMTPRelay(settings).carry(message)
    }

    private func failure(
        _ relay: ScriptedRelay, _ message: MailMessage = .example(),
        _ change: (inout SMTPRelay.Settings) throws -> Void = { _ in }
    ) async throws -> MailFailure {
        try #require(await #expect(throws: MailFailure.self) { try await send(message, to: relay, change) })
    }

    @Test func `takes the message is quoted in the receipt`() async throws {
        let body = Mutex<[UInt8]>([])
        let relay = ScriptedRelay { talk in
            guard talk.welcome(upTo: "DATA") else { return }
            talk.say("354 go on")
            body.withLock { $0 = talk.hearBody() ?? [] }
            talk.say("250 2.0.0 Ok: queued as 4F1A")
            _ = talk.goOn(upTo: "QUIT")
        }
        let message = MailMessage.example()
        #expect(try await send(message, to: relay) == MailReceipt(reply: "250 2.0.0 Ok: queued as 4F1A"))
        #expect(relay.lines.contains("EHLO sender.example.org"))
        #expect(relay.lines.contains("MAIL FROM:<bounce+abc@example.org>"))
        #expect(relay.lines.contains("RCPT TO:<lucja@example.net>"))
        #expect(try body.withLock { $0 } == message.bytes())
    }

    @Test(arguments: [
        ("MAIL", "452 4.3.1 no room", MailFailure.Kind.later), ("MAIL", "550 5.7.1 not you", .relay),
        ("MAIL", "530 5.7.0 sign in first", .relay), ("MAIL", "552 5.3.4 too large", .refused),
        ("RCPT", "450 4.2.0 later", .later), ("RCPT", "550 5.1.1 no such user", .refused),
        ("RCPT", "421 4.3.2 closing", .busy), ("RCPT", "553 5.1.3 odd", .refused),
        ("RCPT", "451 4.7.1 too much mail", .busy), ("RCPT", "450 4.1.1 unknown for now", .later),
        ("RCPT", "450 try again", .busy),
        ("DATA", "451 4.3.0 later", .busy), ("DATA", "554 5.7.1 no", .refused),
    ])
    func `refuses a command is believed`(command: String, reply: String, kind: MailFailure.Kind) async throws
    {
        let relay = ScriptedRelay { talk in
            guard talk.welcome(upTo: command) else { return }
            talk.say(reply)
            _ = talk.goOn(upTo: "QUIT")
        }
        let failure = try await failure(relay)
        #expect(failure == MailFailure(kind, reason: "\(command): \(reply)"))
        #expect(relay.count(command) == 1)
    }

    @Test(arguments: [
        ("421 4.7.0 not now", MailFailure.Kind.later), ("554 5.7.1 you are on a list", .relay),
    ])
    func `refuses the connection is believed`(greeting: String, kind: MailFailure.Kind) async throws {
        let relay = ScriptedRelay { talk in talk.say(greeting) }
        let failure = try await failure(relay)
        #expect(failure.kind == kind)
        #expect(failure.reason == greeting)
    }

    @Test(arguments: [
        ("452 4.2.2 mailbox full", MailFailure.Kind.later), ("554 5.7.1 spam", .refused),
        ("421 4.3.2 shutting down", .busy),
    ])
    func `answers the dot with no has not taken the message`(
        reply: String, kind: MailFailure.Kind
    ) async throws {
        let relay = ScriptedRelay { talk in
            guard talk.welcome(upTo: "DATA") else { return }
            talk.say("354 go on")
            _ = talk.hearBody()
            talk.say(reply)
        }
        #expect(try await failure(relay) == MailFailure(kind, reason: "DATA: \(reply)"))
    }

    @Test(arguments: [true, false])
    func `is gone after the dot may have taken the message`(rudely: Bool) async throws {
        let relay = ScriptedRelay { talk in
            guard talk.welcome(upTo: "DATA") else { return }
            talk.say("354 go on")
            _ = talk.hearBody()
            if rudely { talk.closeRudely() }
        }
        #expect(try await failure(relay).kind == .uncertain)
        #expect(relay.connections == 1, "what may have been taken is never said again")
    }

    @Test func `is gone before the dot has not taken the message`() async throws {
        let long = MailMessage.example(text: String(repeating: "half a line of words\n", count: 600_000))
        let relay = ScriptedRelay { talk in
            guard talk.welcome(upTo: "DATA") else { return }
            talk.say("354 go on")
            talk.hear(bytes: 100_000)
            talk.closeRudely()
        }
        #expect(try await failure(relay, long).kind == .later)
    }

    @Test(arguments: ["421 4.3.2 closing", "451 4.3.0 disk trouble"])
    func `says no in mid-stream has not taken the message`(reply: String) async throws {
        let long = MailMessage.example(text: String(repeating: "half a line of words\n", count: 600_000))
        let relay = ScriptedRelay { talk in
            guard talk.welcome(upTo: "DATA") else { return }
            talk.say("354 go on")
            talk.hear(bytes: 100_000)
            talk.say(reply)
            talk.drain()
        }
        #expect(try await failure(relay, long) == MailFailure(.busy, reason: "DATA: \(reply)"))
    }

    @Test func `is not there is tried later`() async throws {
        let gone = ScriptedRelay { _ in }.port
        let relay = SMTPRelay(try .loopback(gone))
        let failure = await #expect(throws: MailFailure.self) { try await relay.carry(.example()) }
        #expect(failure?.kind == .later)
    }

    @Test(arguments: [("", MailFailure.Kind.later), ("RCPT", .later), ("dot", .uncertain)])
    func `hangs is left`(at place: String, kind: MailFailure.Kind) async throws {
        let left = Mutex<Duration?>(nil)
        let relay = ScriptedRelay { talk in
            if place == "dot" {
                guard talk.welcome(upTo: "DATA") else { return }
                talk.say("354 go on")
                _ = talk.hearBody()
            } else if !place.isEmpty {
                guard talk.welcome(upTo: place) else { return }
            }
            let began = ContinuousClock.now
            talk.drain()
            left.withLock { $0 = ContinuousClock.now - began }
        }
        let failure = try await failure(relay) { settings in
            settings.connectTimeout = .milliseconds(500)
            settings.totalTimeout = .milliseconds(1000)
        }
        #expect(failure.kind == kind)
        // Seen from the relay: this task may wait for others.
        while left.withLock({ $0 }) == nil { try await Task.sleep(for: .milliseconds(5)) }
        // The relay itself would wait for fifty.
        #expect(try #require(left.withLock { $0 }) < .seconds(20))
    }

    /// Each of its letters is in time, and none is the last. Who comes to an end in time is believed.
    @Test(arguments: [("", MailFailure.Kind.later), ("dot", .uncertain), ("dot", nil)])
    func `says one letter at a time is left`(at place: String, kind: MailFailure.Kind?) async throws {
        let relay = ScriptedRelay { talk in
            if place == "dot" {
                guard talk.welcome(upTo: "DATA") else { return }
                talk.say("354 go on")
                _ = talk.hearBody()
            }
            if kind == nil {
                for letter in "250 Ok\r\n" where talk.send(String(letter)) { talk.rest() }
                _ = talk.goOn(upTo: "QUIT")
            } else {
                while talk.send("2") { talk.rest() }
            }
        }
        guard let kind else {
            return #expect(try await send(to: relay).reply == "250 Ok")
        }
        let failure = try await failure(relay) { settings in
            settings.connectTimeout = .milliseconds(500)
            settings.totalTimeout = .milliseconds(1000)
        }
        #expect(failure.kind == kind)
    }

    @Test func `cuts the beginning of TLS off has not taken the message`() async throws {
        let relay = ScriptedRelay { talk in
            talk.say("220 relay.example.org ESMTP")
            while let line = talk.hear(), !line.hasPrefix("STARTTLS") {
                talk.say("250-relay.example.org")
                talk.say("250 STARTTLS")
            }
            talk.say("220 go on")
            talk.hear(bytes: 1)
            talk.closeRudely()
        }
        let failure = try await failure(relay) { settings in
            settings.address = try RelayAddress(url: "smtp://127.0.0.1:\(relay.port)")
        }
        #expect(failure.kind == .later)
        #expect(relay.count("STARTTLS") == 1 && relay.count("MAIL") == 0)
    }

    @Test func `answers too late is not believed about the next message`() async throws {
        let relay = ScriptedRelay { talk in
            guard talk.welcome(upTo: "DATA") else { return }
            talk.say("354 go on")
            _ = talk.hearBody()
            guard talk.number == 1 else { return talk.say("250 2.0.0 Ok") }
            _ = talk.hear()
            talk.say("250 2.0.0 Ok: late")
            _ = talk.goOn(upTo: "nothing")
        }
        var settings = try SMTPRelay.Settings.loopback(relay.port)
        settings.totalTimeout = .milliseconds(1000)
        let carrier = SMTPRelay(settings)
        let failure = await #expect(throws: MailFailure.self) { try await carrier.carry(.example()) }
        #expect(failure?.kind == .uncertain)
        #expect(try await carrier.carry(.example()).reply == "250 2.0.0 Ok")
        #expect(relay.connections == 2)
    }

    @Test func `offers no TLS where TLS is wanted gets nothing`() async throws {
        let relay = ScriptedRelay { talk in _ = talk.welcome(upTo: "QUIT") }
        let failure = try await failure(relay) { settings in
            settings.address = try RelayAddress(url: "smtp://u:secret@127.0.0.1:\(relay.port)")
        }
        #expect(failure.kind == .relay)
        #expect(relay.count("MAIL") == 0 && relay.count("AUTH") == 0)
        #expect(!failure.reason.contains("secret"))
    }

    @Test func `is kept open for the next message`() async throws {
        let relay = ScriptedRelay { talk in
            guard talk.welcome(upTo: "DATA") else { return }
            repeat {
                talk.say("354 go on")
                _ = talk.hearBody()
                talk.say("250 2.0.0 Ok")
            } while talk.goOn(upTo: "DATA")
        }
        let carrier = SMTPRelay(try .loopback(relay.port))
        for _ in 0..<5 { _ = try await carrier.carry(.example()) }
        // On a machine that has no time for two minutes, one may grow stale.
        #expect(relay.count("MAIL") == 5 && relay.connections <= 2)
    }

    @Test(arguments: [true, false])
    func `closed the kept connection is spoken to anew`(byGoodbye: Bool) async throws {
        let relay = ScriptedRelay { talk in
            guard talk.welcome(upTo: "DATA") else { return }
            talk.say("354 go on")
            _ = talk.hearBody()
            talk.say("250 2.0.0 Ok")
            if byGoodbye { talk.say("421 4.4.2 idle too long") }
        }
        let carrier = SMTPRelay(try .loopback(relay.port))
        for _ in 0..<3 {
            _ = try await carrier.carry(.example())
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(relay.connections == 3)
    }

    @Test func `is slow is spoken to by several threads, and none waits without end`() async throws {
        let relay = ScriptedRelay { talk in
            guard talk.welcome(upTo: "DATA") else { return }
            repeat {
                talk.say("354 go on")
                _ = talk.hearBody()
                talk.say("250 2.0.0 Ok")
            } while talk.goOn(upTo: "DATA")
        }
        var settings = try SMTPRelay.Settings.loopback(relay.port, threads: 4)
        settings.mostWaiting = 300
        let carrier = SMTPRelay(settings)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<200 { group.addTask { _ = try await carrier.carry(.example()) } }
            try await group.waitForAll()
        }
        #expect(relay.count("MAIL") == 200 && (1...4).contains(relay.connections))

        let hanging = ScriptedRelay { talk in talk.drain() }
        settings.address = try RelayAddress(
            url: "smtp://127.0.0.1:\(hanging.port)", security: RelayAddress.Security.none)
        settings.connectTimeout = .milliseconds(500)
        settings.threads = 1
        settings.mostWaiting = 1
        let full = SMTPRelay(settings)
        let kinds = await withTaskGroup(of: String.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    do { return try await full.carry(.example()).reply } catch {
                        return (error as? MailFailure)?.reason ?? "\(error)"
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(kinds.filter { $0.contains("too many") }.count >= 5)
    }

    @Test func `is told of no address that is none`() async throws {
        let relay = ScriptedRelay { talk in _ = talk.welcome(upTo: "QUIT") }
        for address in ["a@b.example>\r\nRCPT TO:<c@d.example", "łucja@example.org", "a b@example.org", ""] {
            let failure = try await failure(relay, .example(to: .init(address: address)))
            #expect(failure.kind == .refused)
        }
        #expect(relay.connections == 0)
    }
}

@Suite struct `The address of a relay` {
    @Test func `says host, port, TLS and who we are`() throws {
        let plain = try RelayAddress(url: "smtp://Relay.example.org")
        #expect(plain.host == "relay.example.org" && plain.port == 587 && plain.security == .starttls)
        let tls = try RelayAddress(url: "smtps://me%40x:p%3Aw@[::1]:2465/")
        #expect(tls.user == "me@x" && tls.password == "p:w" && tls.host == "[::1]" && tls.port == 2465)
        #expect(tls.security == .tls)
        #expect(tls.url(greeting: "a b") == "smtps://[::1]:2465/a%20b")
        #expect(try RelayAddress(url: "smtp://h:25", security: .tls).url(greeting: "x") == "smtps://h:25/x")
    }

    @Test(arguments: [
        "relay", "http://relay", "smtp://", "smtp://h:0", "smtp://h:65536", "smtp://h:x", "smtp://me@h",
        "smtp://a:b%zz@h", "smtp://a:b%0a@h", "smtp://h/x?y", "smtp://h\r\nx", "smtp://[::1", "smtp://a:b@",
    ])
    func `is refused where it is none`(url: String) {
        #expect(throws: RelayAddress.Invalid.self) { try RelayAddress(url: url) }
    }

    @Test func `is without TLS on the loopback only`() throws {
        for host in ["localhost", "127.0.0.1", "[::1]", "127.9.9.9"] {
            #expect(
                try RelayAddress(url: "smtp://\(host):25", security: RelayAddress.Security.none).host == host)
        }
        for host in ["relay.example.org", "10.0.0.1", "127.0.0.1.example.org", "[::2]"] {
            #expect(throws: RelayAddress.Invalid.self) {
                try RelayAddress(url: "smtp://\(host):25", security: RelayAddress.Security.none)
            }
        }
        #expect(throws: RelayAddress.Invalid.self) {
            try RelayAddress(url: "smtps://h", security: .starttls)
        }
    }
}
