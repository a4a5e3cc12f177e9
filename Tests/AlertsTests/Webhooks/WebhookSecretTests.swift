import Accounts
import Formats
import Kernel
import TestKit
import Testing

@testable import Alerts

@Suite struct `A secret of a webhook` {
    /// The vector of Standard Webhooks 1.0.0.
    @Test func `signs as the standard does`() throws {
        let secret = try #require(WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
        let signature = secret.signature(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", at: Timestamp(milliseconds: 1_614_265_330_999),
            body: Array(#"{"test": 2432232314}"#.utf8))
        #expect(SignatureHeader([signature]).text == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test func `signs each part of a message`() {
        let secret = WebhookSecret.make(TestClock().world), other = WebhookSecret(bytes: [1])
        let now = Timestamp(milliseconds: 1000), later = Timestamp(milliseconds: 2000)
        let signature = secret.signature(id: "a", at: now, body: [1])
        #expect(signature == secret.signature(id: "a", at: now, body: [1]))
        for wrong in [
            secret.signature(id: "b", at: now, body: [1]), secret.signature(id: "a", at: later, body: [1]),
            secret.signature(id: "a", at: now, body: [2]), other.signature(id: "a", at: now, body: [1]),
        ] { #expect(wrong != signature) }
    }

    @Test func `is written and read, and nothing else is one`() {
        let secret = WebhookSecret.make(TestClock().world)
        #expect(secret.text.hasPrefix("whsec_") && secret.bytes.count == 32)
        #expect(WebhookSecret(secret.text) == secret)
        for wrong in ["", "whsec_", "whsec_%", "AQID", "whpk_AQID"] { #expect(WebhookSecret(wrong) == nil) }
    }

    @Test func `is sealed for one row by one installation`() throws {
        let world = TestClock().world, secret = [UInt8]("whsec".utf8)
        let seal = SecretSeal(secret: [1, 2, 3], purpose: "webhook")
        let sealed = try seal.seal(secret, for: "whk_1", world: world)
        #expect(try seal.open(sealed, for: "whk_1") == secret)
        #expect(try seal.seal(secret, for: "whk_1", world: world) != sealed, "two seals look alike")
        let strangers = [
            SecretSeal(secret: [1, 2, 4], purpose: "webhook"),
            SecretSeal(secret: [1, 2, 3], purpose: "robot"),
        ]
        for stranger in strangers {
            #expect(throws: SecretSeal.Broken.self) { try stranger.open(sealed, for: "whk_1") }
        }
        for (text, place) in [
            (sealed, "whk_2"), (String(sealed.dropLast()), "whk_1"), (sealed + "A", "whk_1"),
            ("s1.", "whk_1"),
            ("s2." + sealed.dropFirst(3), "whk_1"), ("", "whk_1"), ("s1.AAAA", "whk_1"),
        ] { #expect(throws: SecretSeal.Broken.self) { try seal.open(text, for: place) } }
    }
}
