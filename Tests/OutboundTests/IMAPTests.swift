import Foundation
import Testing

@testable import Outbound

@Suite struct `What a mailbox says` {
    @Test(
        arguments: [
            ("* STATUS INBOX (UIDVALIDITY 3 UIDNEXT 8)\r\n", IMAPAnswer.Status(validity: 3, next: 8)),
            (
                "* OK hello\r\n* STATUS \"a (b)\" (uidnext 1 MESSAGES 0 uidvalidity 4294967295)\r\n",
                IMAPAnswer.Status(validity: 4_294_967_295, next: 1)
            ),
            ("* STATUS INBOX (UIDVALIDITY 3)\r\n", nil), ("* STATUS INBOX )(\r\n", nil), ("", nil),
            ("* STATUS INBOX (UIDVALIDITY x UIDNEXT 8)", nil), ("* STATUS INBOX (UIDNEXT)", nil),
            ("* STATUS INBOX (UIDVALIDITY 99999999999 UIDNEXT 8)", nil),
        ] as [(String, IMAPAnswer.Status?)])
    func `of how it counts is read`(line: String, status: IMAPAnswer.Status?) {
        #expect(IMAPAnswer.status(Array(line.utf8)) == status)
    }

    @Test func `of what it holds is read in order, and the old is left out`() {
        let lines =
            "* SEARCH 9 4 7\r\n* search 12 7\r\n* SEARCH\r\nSEARCH 99\r\n* SEARCH x 0 -1 +3 99999999999\r\n"
        #expect(IMAPAnswer.found(Array(lines.utf8), after: 4) == [7, 9, 12])
        #expect(IMAPAnswer.found([], after: 0) == [])
    }

    @Test func `to an operator is written as an address`() throws {
        let plain = try IMAPAddress(url: "imaps://us%40kettles.example:p%2Fw@mail.example")
        #expect(plain.user == "us@kettles.example" && plain.password == "p/w" && plain.port == 993)
        #expect(plain.folder == "INBOX" && plain.name == "us@kettles.example@mail.example:993/INBOX")
        let named = try IMAPAddress(
            url: "imap://a:b@127.0.0.1:2143/Bounces%20in", security: RelayAddress.Security.none)
        #expect(named.url == "imap://127.0.0.1:2143" && named.quotedFolder == "\"Bounces in\"")
        #expect(try IMAPAddress(url: "imap://a:b@mail.example").security == .starttls)
    }

    @Test(arguments: [
        "imap://mail.example", "imaps://a@mail.example", "pop://a:b@mail.example", "mail.example",
        "imaps://a:b@mail.example:0", "imaps://a:b@mail.example/%C5%82", "imaps://a:b@/INBOX",
    ])
    func `wrongly is refused`(url: String) {
        #expect(throws: RelayAddress.Invalid.self) { try IMAPAddress(url: url) }
    }

    @Test func `without TLS stays on this machine`() {
        #expect(throws: RelayAddress.Invalid.self) {
            try IMAPAddress(url: "imap://a:b@mail.example", security: RelayAddress.Security.none)
        }
        #expect(throws: RelayAddress.Invalid.self) {
            try IMAPAddress(url: "imaps://a:b@mail.example", security: .starttls)
        }
    }
}

@Suite struct `A mailbox on a server` {
    private func mailbox(_ peer: Peer, password: String = "pass") throws -> IMAPMailbox {
        let words = peer.words()
        try #require(words.first == "ready")
        let url = "imap://us:\(password)@127.0.0.1:\(words[1])/INBOX"
        return IMAPMailbox(.init(address: try IMAPAddress(url: url, security: RelayAddress.Security.none)))
    }

    @Test func `is read message by message, and counts anew after another start`() async throws {
        let peer = try Peer("mailbox.py", "2")
        let mailbox = try mailbox(peer)
        let first = try await mailbox.look(after: 0, within: nil)
        #expect(first.validity == 7 && first.found == [3, 5])
        #expect(try await mailbox.look(after: 3, within: 7).found == [5])
        #expect(try await mailbox.look(after: 5, within: 7).found == [])
        #expect(try await mailbox.look(after: 5, within: 6).found == [3, 5])
        let bytes = try #require(try await mailbox.message(5))
        #expect(
            String(decoding: bytes, as: UTF8.self) == "Subject: 5\r\n\r\nnot a line {3}\r\n* SEARCH 1\r\n")
        #expect(try await mailbox.message(4) == nil)
        await mailbox.markSeen(5)
        #expect(peer.words() == ["seen", "5"])
    }

    @Test func `that knows another password says so, and tells it nobody`() async throws {
        let peer = try Peer("mailbox.py", "1")
        let mailbox = try mailbox(peer, password: "wrong-one")
        let failure = await #expect(throws: MailSourceFailure.self) {
            try await mailbox.look(after: 0, within: nil)
        }
        #expect(failure?.reason.isEmpty == false && failure?.reason.contains("wrong-one") == false)
        #expect(!mailbox.name.contains("wrong-one"))
    }

    @Test func `that hangs up is a failure in words`() async throws {
        let peer = try Peer("mailbox.py", "0")
        let mailbox = try mailbox(peer)
        await #expect(throws: MailSourceFailure.self) { try await mailbox.look(after: 0, within: nil) }
    }
}

@Suite struct `The record of a signing key` {
    @Test(arguments: [1024, 2048])
    func `is what openssl says of the key, in both of its forms`(bits: Int) throws {
        let key = try SigningKey(bits: bits)
        let wanted = "v=DKIM1; k=rsa; p=" + (try openssl("rsa", "-in", key.path, "-pubout"))
        for pem in [
            key.pem, try text("rsa", "-in", key.path, "-traditional"), try text("pkey", "-in", key.path),
        ] {
            let signer = try DKIMSigner(key: pem, selector: "s1", domain: "Kettles.example")
            #expect(signer.record == wanted)
            #expect(signer.recordName == "s1._domainkey.kettles.example")
        }
    }

    private func openssl(_ arguments: String...) throws -> String {
        try run(arguments).split(separator: "\n").filter { !$0.hasPrefix("-") }.joined()
    }

    private func text(_ arguments: String...) throws -> String { try run(arguments) }

    private func run(_ arguments: [String]) throws -> String {
        let process = Process(), output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/openssl")
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let read = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: read, as: UTF8.self)
    }
}
