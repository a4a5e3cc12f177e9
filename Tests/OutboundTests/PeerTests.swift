import Foundation
import Testing

@testable import Outbound

@Suite(.serialized) struct `A relay with TLS and a password` {
    private func settings(_ peer: Peer, _ change: (inout String) -> Void = { _ in }) throws
        -> SMTPRelay.Settings
    {
        let ready = peer.words()
        try #require(ready.first == "ready")
        var url = "smtp://me%40x:p%3Aw%2F%C5%82@127.0.0.1:\(ready[1])"
        change(&url)
        var settings = SMTPRelay.Settings(
            address: try RelayAddress(url: url), greeting: "sender.example.org", authorities: ready[2])
        settings.threads = 1
        settings.totalTimeout = .seconds(10)
        return settings
    }

    @Test(arguments: ["starttls", "tls"])
    func `takes what was signed, byte for byte`(mode: String) async throws {
        let peer = try Peer("relay.py", mode, "127.0.0.1"), key = try SigningKey()
        let signer = try DKIMSigner(key: key.pem, selector: "s1", domain: "example.org")
        let settings = try settings(peer) { url in if mode == "tls" { url = "smtps" + url.dropFirst(4) } }
        let receipt = try await SMTPRelay(settings, signer: signer).carry(.example())
        #expect(receipt.reply == "250 2.0.0 Ok: queued as PEER")
        let taken = peer.words()
        #expect(taken.prefix(3) == ["message", "bounce+abc@example.org", "lucja@example.net"])
        let message = try Array(#require(Data(base64Encoded: taken[3])))
        #expect(message.starts(with: "DKIM-Signature: ".utf8))
        #expect(try message.count > MailMessage.example().bytes().count)
        #expect(try verdict(message, key)[1] == "yes")
    }

    @Test(arguments: [("RCPT", MailFailure.Kind.later), ("dot", .uncertain)])
    func `that is cut off may have the message after its dot alone`(
        place: String, kind: MailFailure.Kind
    ) async throws {
        let peer = try Peer("relay.py", "starttls", "127.0.0.1", place)
        let relay = SMTPRelay(try settings(peer))
        let failure = await #expect(throws: MailFailure.self) { try await relay.carry(.example()) }
        #expect(failure?.kind == kind)
    }

    @Test func `whose certificate is another's gets nothing`() async throws {
        let peer = try Peer("relay.py", "starttls", "relay.example.net")
        let relay = SMTPRelay(try settings(peer))
        let failure = await #expect(throws: MailFailure.self) { try await relay.carry(.example()) }
        #expect(failure?.kind == .relay)
    }

    @Test func `whose certificate nobody vouches for gets nothing`() async throws {
        let peer = try Peer("relay.py", "starttls", "127.0.0.1")
        var settings = try settings(peer)
        settings.authorities = nil
        let relay = SMTPRelay(settings)
        let failure = await #expect(throws: MailFailure.self) { try await relay.carry(.example()) }
        #expect(failure?.kind == .relay)
    }

    @Test func `that refuses the password is named as the one to mend`() async throws {
        let peer = try Peer("relay.py", "starttls", "127.0.0.1")
        let relay = SMTPRelay(try settings(peer) { $0.replace("p%3Aw%2F%C5%82", with: "wrong") })
        let failure = try #require(
            await #expect(throws: MailFailure.self) { try await relay.carry(.example()) })
        #expect(failure.kind == .relay)
        #expect(failure.reason.hasPrefix("AUTH: 535"))
    }
}

/// What dkimpy says: `signed`, `yes` or `no`, and the fields covered.
private func verdict(_ message: [UInt8], _ key: SigningKey) throws -> [String] {
    let peer = try Peer("dkim_check.py", key.path, "s1", "example.org")
    try peer.feed(message)
    return peer.words()
}

@Suite struct `A signature` {
    @Test func `is verified by another implementation and covers what unsubscribes`() throws {
        let key = try SigningKey()
        let signer = try DKIMSigner(key: key.pem, selector: "s1", domain: "Example.org")
        let signed = try signer.signed(MailMessage.example().bytes())
        #expect(MailMessage.isWellFormed(signed))
        let verdict = try verdict(signed, key)
        #expect(verdict.prefix(2) == ["signed", "yes"])
        let covered = verdict[2].split(separator: ":")
        for field in [
            "from", "to", "subject", "date", "list-unsubscribe", "list-unsubscribe-post", "message-id",
        ] {
            #expect(covered.contains { $0 == field }, "\(field)")
        }
        // Named once more than it is there, a field cannot be added on the way.
        #expect(covered.count { $0 == "from" } == 2 && covered.count { $0 == "list-unsubscribe" } == 2)
    }

    @Test(arguments: ["Jak", "One-Click", "kropka", "DKIM-Signature: "])
    func `is broken by a change, or a field more, on the way`(place: String) throws {
        let key = try SigningKey()
        let signer = try DKIMSigner(key: key.pem, selector: "s1", domain: "example.org")
        var message = MailMessage.example(subject: "Jak bylo?")
        message.html = ""
        var signed = String(decoding: try signer.signed(message.bytes()), as: UTF8.self)
        let changed =
            place.hasPrefix("DKIM") ? "List-Unsubscribe: <https://x.example>\r\n" + place : "x" + place
        signed.replace(place, with: changed, maxReplacements: 1)
        #expect(try verdict(Array(signed.utf8), key)[1] == "no")
    }

    @Test func `is for mail of its own domain`() throws {
        let key = try SigningKey()
        let signer = try DKIMSigner(key: key.pem, selector: "s1", domain: "example.org")
        for address in ["a@example.org", "a@Mail.Example.org"] {
            #expect(signer.covers(.init(address: address)))
        }
        for address in ["a@badexample.org", "a@example.org.net", "a@org", "a"] {
            #expect(!signer.covers(.init(address: address)))
        }
        var foreign = MailMessage.example()
        foreign.from.address = "a@example.net"
        #expect(try Parcel(foreign, signer).bytes == foreign.bytes())
        #expect(try Parcel(.example(), signer).bytes != MailMessage.example().bytes())
    }

    @Test(arguments: ["", "no key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
    func `is not begun with a key that is none`(key: String) {
        #expect(throws: DKIMSigner.Unusable.self) {
            try DKIMSigner(key: key, selector: "s1", domain: "example.org")
        }
    }

    @Test func `is made by many threads at once`() async throws {
        let key = try SigningKey()
        let signer = try DKIMSigner(key: key.pem, selector: "s1", domain: "example.org")
        try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for number in 0..<64 {
                group.addTask {
                    try signer.signed(MailMessage.example(subject: "\(number)").bytes())
                }
            }
            for try await signed in group.prefix(3) { #expect(try verdict(signed, key)[1] == "yes") }
            try await group.waitForAll()
        }
    }
}
