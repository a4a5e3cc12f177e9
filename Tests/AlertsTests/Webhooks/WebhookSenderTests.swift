import Database
import FollowUp
import Formats
import HTTPTypes
import Kernel
import Ledger
import Outbound
import Surveys
import Synchronization
import TestKit
import Testing

@testable import Alerts

@Suite struct `A message to a webhook` {
    @Test(arguments: Backend.available)
    func `says what happened, and is signed`(backend: Backend) async throws {
        let office = try await HookOffice(on: backend), hook = RecordingHook()
        try await office.happen()
        let (id, secret) = try await office.add()
        _ = try await office.add("https://hooks.example.org/other", account: 2)
        try await office.happen()
        try await office.happen(.caseOpened)
        #expect(try await office.sender(hook).runUntilIdle() == 1)
        let request = try #require(hook.requests.first)
        #expect(hook.requests.count == 1, "one of before, of another kind or of another account was sent")
        #expect(request.url == "https://hooks.example.org/a")
        #expect(request.header("Content-Type") == "application/json")
        #expect(request.json["type"] == "response.recorded" && request.json["timestamp"]?.string != nil)
        #expect(request.json["data"]?["score"] == 3)
        #expect(request.json["data"]?["id"] == .string(request.header("webhook-id")))
        let moment = try #require(Int64(request.header("webhook-timestamp")))
        #expect(moment == office.clock.now.milliseconds / 1000)
        let header = try #require(SignatureHeader(request.header("webhook-signature")))
        let expected = secret.signature(
            id: request.header("webhook-id"), at: Timestamp(milliseconds: moment * 1000), body: request.body)
        #expect(header.signatures == [expected])
        let delivery = try #require(try await office.deliveries(id).first)
        #expect(delivery["state"] == "delivered" && delivery["last_status"] == 200)
        #expect(try await office.sender(hook).runUntilIdle() == 0)
    }

    @Test(arguments: Backend.available)
    func `is signed with both secrets for a day after a new one was made`(backend: Backend) async throws {
        let office = try await HookOffice(on: backend), hook = RecordingHook()
        let (id, old) = try await office.add()
        let turned = try await office.site.api(.post, "/webhooks/\(id)/rotation", "{}")
        let new = try #require(turned.json["secret"]?.string.flatMap { WebhookSecret($0) })
        for (pause, isOldKnown) in [(Duration.seconds(86_399), true), (.seconds(2), false)] {
            office.clock.advance(by: pause)
            try await office.happen()
            try await office.sender(hook).runUntilIdle()
            let request = try #require(hook.requests.last)
            let header = try #require(SignatureHeader(request.header("webhook-signature")))
            func signature(_ secret: WebhookSecret) -> SignatureHeader.Signature {
                secret.signature(
                    id: request.header("webhook-id"), at: office.clock.now, body: request.body)
            }
            #expect(header.holds(signature(new)))
            #expect(header.holds(signature(old)) == isOldKnown)
        }
    }

    @Test(arguments: Backend.available)
    func `is tried ten times over three days under one id, then given up`(backend: Backend) async throws {
        let office = try await HookOffice(on: backend)
        let hook = RecordingHook { _, times in
            if times.isMultiple(of: 2) {
                throw HookFailure(.unreachable, reason: "no answer from a@b.example")
            }
            return HookReply(status: times == 3 ? 302 : 503)
        }
        let id = try await office.add().id, start = office.clock.now
        try await office.happen()
        var moments: [Int] = []
        while office.clock.now < start + .seconds(90 * 3600) {
            let before = hook.requests.count
            try await office.sender(hook).runUntilIdle()
            if hook.requests.count > before {
                moments.append(Int((office.clock.now - start).components.seconds))
            }
            office.clock.advance(by: .seconds(moments.count < 3 ? 1 : 60))
        }
        #expect(moments.count == 10 && Set(hook.ids).count == 1)
        let gaps = zip(moments, moments.dropFirst()).map { $1 - $0 }
        for (gap, pause) in zip(gaps, WebhookDelivery.pauses.map { Int($0.components.seconds) }) {
            #expect((pause * 4 / 5 - 1...pause * 6 / 5 + 61).contains(gap), "\(gaps)")
        }
        #expect(Set(hook.requests.map { $0.header("webhook-timestamp") }).count == 10)
        let delivery = try #require(try await office.deliveries(id).first)
        #expect(delivery["state"] == "failed" && delivery["attempts"] == 10 && delivery["next_at"] == .null)
        #expect(delivery["last_reason"]?.string?.contains("@") == false)
    }

    @Test(arguments: Backend.available)
    func `to a place that is gone ends the webhook`(backend: Backend) async throws {
        let office = try await HookOffice(on: backend)
        let hook = RecordingHook { _, _ in HookReply(status: 410) }
        let id = try await office.add().id
        try await office.happen(times: 3)
        try await office.sender(hook).runUntilIdle()
        office.clock.advance(by: .seconds(86_400))
        try await office.happen()
        try await office.sender(hook).runUntilIdle()
        #expect(hook.requests.count == 1)
        let webhook = try await office.webhook(id)
        #expect(webhook["state"] == "disabled" && webhook["disabled_because"] == "gone")
        #expect(try await office.events()["webhook.disabled"] == 1)
        #expect(try await office.deliveries(id).count == 3, "something was kept for a webhook that is gone")
        // Somebody repairs it: what waited goes out.
        let kind = RecordingHook()
        _ = try await office.site.api(.patch, "/webhooks/\(id)", #"{"state": "active"}"#)
        try await office.sender(kind).runUntilIdle()
        #expect(kind.requests.count == 2)
    }

    @Test(arguments: Backend.available)
    func `waits as long as it is asked to`(backend: Backend) async throws {
        let office = try await HookOffice(on: backend)
        let hook = RecordingHook { _, times in
            times == 1 ? HookReply(status: 429, retryAfter: .seconds(3600)) : HookReply(status: 204)
        }
        _ = try await office.add()
        try await office.happen(times: 2)
        try await office.sender(hook).runUntilIdle()
        office.clock.advance(by: .seconds(3599))
        try await office.happen()
        try await office.sender(hook).runUntilIdle()
        #expect(hook.requests.count == 1, "the whole address is left alone")
        office.clock.advance(by: .seconds(2))
        try await office.sender(hook).runUntilIdle()
        #expect(hook.requests.count == 4)
    }

    @Test(arguments: Backend.available)
    func `that never arrives for five days disables the webhook`(backend: Backend) async throws {
        let office = try await HookOffice(on: backend)
        let answers = Mutex(500)
        let hook = RecordingHook { _, _ in HookReply(status: answers.withLock { $0 }) }
        let id = try await office.add().id
        for day in 0..<10 {
            // One delivery on the fourth day, and the five days begin anew.
            answers.withLock { $0 = day == 4 ? 200 : 500 }
            try await office.happen()
            try await office.sender(hook).runUntilIdle()
            #expect(try await office.webhook(id)["state"] == "active", "day \(day)")
            office.clock.advance(by: .seconds(86_400))
        }
        try await office.happen()
        try await office.sender(hook).runUntilIdle()
        let webhook = try await office.webhook(id)
        #expect(webhook["state"] == "disabled" && webhook["disabled_because"] == "failing")
        #expect(try await office.events()["webhook.disabled"] == 1)
    }

    @Test(arguments: Backend.available)
    func `waits while the webhook is paused`(backend: Backend) async throws {
        let office = try await HookOffice(on: backend), hook = RecordingHook()
        let id = try await office.add().id
        _ = try await office.site.api(.patch, "/webhooks/\(id)", #"{"state": "paused"}"#)
        try await office.happen(times: 2)
        try await office.sender(hook).runUntilIdle()
        #expect(hook.requests.isEmpty)
        _ = try await office.site.api(.patch, "/webhooks/\(id)", #"{"state": "active"}"#)
        try await office.sender(hook).runUntilIdle()
        #expect(hook.requests.count == 2)
    }

    @Test(arguments: Backend.available)
    func `is sent again by hand under its own id, and so is a test`(backend: Backend) async throws {
        let office = try await HookOffice(on: backend), hook = RecordingHook()
        let id = try await office.add().id
        try await office.happen()
        try await office.sender(hook).runUntilIdle()
        let delivery = try #require(try await office.deliveries(id).first?["id"]?.string)
        let replay = try await office.site.api(.post, "/webhooks/\(id)/deliveries/\(delivery)/replay", "{}")
        #expect(replay.status == 202 && replay.json["state"] == "pending")
        try await office.sender(hook).runUntilIdle()
        #expect(hook.ids.count == 2 && Set(hook.ids).count == 1)
        let test = try await office.site.api(.post, "/webhooks/\(id)/test", "{}")
        #expect(test.status == 202 && test.json["type"] == "webhook.tested")
        try await office.sender(hook).runUntilIdle()
        #expect(hook.types == ["response.recorded", "response.recorded", "webhook.tested"])
        #expect(hook.ids.last == test.json["message"]?.string)
        #expect(hook.requests.last?.json["data"]?["webhook"] == .string(id))
    }

    @Test(arguments: Backend.available)
    func `that left before its sender died leaves again under the same id`(backend: Backend) async throws {
        let office = try await HookOffice(on: backend), hook = RecordingHook()
        let id = try await office.add().id
        try await office.happen()
        // Taken and said, but never written down.
        let dead = office.sender(hook)
        let (turns, _) = try await dead.claim(limit: 10, failing: 10)
        let turn = try #require(turns.first), message = try #require(turn.messages.first)
        _ = try await hook.post(
            turn.request(message, body: try #require(message.body), at: office.clock.now))
        #expect(try await office.sender(hook).runUntilIdle() == 0, "somebody else has it")
        office.clock.advance(by: .seconds(121))
        #expect(try await office.sender(hook).runUntilIdle() == 1)
        #expect(hook.ids.count == 2 && Set(hook.ids).count == 1)
        // The dead one wakes up and finds that it is not its own any more.
        let ended = DeliveryTry(outcome: .refused, status: 500, reason: nil)
        let isSettled = try await office.database.write { [world = office.clock.world] tx in
            try turn.settle(message, ended, isLast: true, world: world, in: tx)
        }
        #expect(!isSettled)
        #expect(try await office.deliveries(id).first?["state"] == "delivered")
    }

    @Test(arguments: Backend.available)
    func `whose sender is known to be gone need not wait for its lease`(backend: Backend) async throws {
        let office = try await HookOffice(on: backend), hook = RecordingHook()
        _ = try await office.add()
        try await office.happen()
        _ = try await office.sender(hook).claim(limit: 10, failing: 10)
        try await office.database.write { [now = office.clock.now] tx in
            try Webhook.endClaims(at: now, in: tx)
        }
        #expect(try await office.sender(hook).runUntilIdle() == 1)
    }

    @Test(arguments: Backend.available)
    func `is looked for once where there is none`(backend: Backend) async throws {
        let office = try await HookOffice(on: backend), hook = RecordingHook()
        _ = try await office.add()
        try await office.database.write { [now = office.clock.now] tx in
            try tx.run("UPDATE webhooks SET turn_at = \(now)")
        }
        #expect(try await office.sender(hook).runUntilIdle() == 0)
        let turns = try await office.database.read { tx in
            try tx.run("SELECT id FROM webhooks WHERE turn_at IS NOT NULL").count
        }
        #expect(turns == 0 && hook.requests.isEmpty)
    }

    @Test(arguments: Backend.available)
    func `is never claimed by two senders`(backend: Backend) async throws {
        let office = try await HookOffice(on: backend)
        for number in 0..<15 { _ = try await office.add("https://hooks.example.org/\(number)") }
        try await office.happen(times: 7)
        let other = try office.database.another()
        let hook = RecordingHook()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for node in 1...4 as ClosedRange<Int64> {
                let sender = office.sender(hook, on: node.isMultiple(of: 2) ? other : nil, node: node) {
                    $0.concurrency = 4
                }
                group.addTask { _ = try await sender.runUntilIdle() }
            }
            try await group.waitForAll()
        }
        await other.close()
        let sent = hook.requests.map { "\($0.url) \($0.header("webhook-id"))" }
        #expect(sent.count == 105 && Set(sent).count == 105)
    }

    @Test func `to one that hangs keeps no other waiting`() async throws {
        let office = try await HookOffice(on: .sqlite)
        let isReleased = Mutex(false), delivered = Mutex(0)
        let hook = RecordingHook { request, _ in
            guard request.url.hasSuffix("slow") else {
                delivered.withLock { $0 += 1 }
                return HookReply(status: 200)
            }
            while !isReleased.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(20)) }
            return HookReply(status: 200)
        }
        for _ in 0..<10 { _ = try await office.add("https://hooks.example.org/slow") }
        for account in [1, 2] as [Int64] {
            for _ in 0..<5 { _ = try await office.add(account: account) }
            try await office.happen(times: 3, account: account)
        }
        let sender = office.sender(hook) { $0.look = .milliseconds(20) }
        let running = Task { await sender.run() }
        while delivered.withLock({ $0 }) < 30 { try await Task.sleep(for: .milliseconds(10)) }
        #expect(hook.requests.count { $0.url.hasSuffix("slow") } == 10, "one message at a time to each")
        isReleased.withLock { $0 = true }
        running.cancel()
        await running.value
    }

    @Test(arguments: Backend.available)
    func `is forgotten after a month`(backend: Backend) async throws {
        let office = try await HookOffice(on: backend)
        let id = try await office.add().id
        try await office.happen(times: 3)
        let worker = Worker(
            database: office.database, world: office.clock.world,
            handlers: [WebhookJobs.forgetter(database: office.database, world: office.clock.world)],
            schedules: [WebhookJobs.schedule])
        office.clock.advance(by: .seconds(29 * 86_400))
        _ = try await worker.runUntilIdle()
        #expect(try await office.deliveries(id).count == 3)
        office.clock.advance(by: .seconds(2 * 86_400))
        _ = try await worker.runUntilIdle()
        #expect(try await office.deliveries(id).isEmpty)
    }
}
