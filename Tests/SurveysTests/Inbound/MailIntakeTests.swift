import Database
import Formats
import HTTPTypes
import Kernel
import Outbound
import TestKit
import Testing

@testable import Surveys

@Suite struct `Mail that comes in` {
    @Test(arguments: Backend.available)
    func `as a hard bounce gives the address up at once, and once`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let survey = try await house.survey()
        let one = try await house.invited("one", to: survey)
        let other = try await house.invited("two", to: survey)
        let bounce = IncomingLetter.bounce(to: one.bounceAddress)
        for _ in 0..<3 {
            let answer = try await house.receive(bounce)
            #expect(answer.status == 202)
            #expect(
                answer.json["kind"]?.string == "bounce" && answer.json["customer"]?.string == one.customer)
        }
        #expect(try await house.suppressions() == ["bounced"])
        #expect(try await house.state(of: one) == "failed bounced: hard")
        #expect(try await house.state(of: other) == "sent")
        #expect(try await house.rows("received_mails") == 1)
        #expect(try await house.happened().filter { $0 == "invitation.bounced" }.count == 1)
        try await house.follow(ResponseSearch.consumer)
        let page = try await house.site.page("/customers/\(one.customer)").text
        #expect(page.contains("came back undelivered"))
    }

    @Test func `by two ways on which other lines were added has one effect`() async throws {
        let house = try await House(on: .sqlite)
        let one = try await house.invited()
        var reply = one.letter()
        _ = try await house.receive(reply)
        reply.fields.append("Received: from mx.example by other.example")
        reply.fields.append("Delivered-To: \(one.replyAddress)")
        _ = try await house.receive(reply)
        #expect(try await house.rows("replies") == 1)
        reply.body = "And the handle too."
        _ = try await house.receive(reply)
        #expect(try await house.rows("replies") == 2)
    }

    @Test(arguments: Backend.available)
    func `as soft bounces gives an address up at the third in fourteen days`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let one = try await house.invited()
        for (number, days) in [(1, 0), (2, 13), (3, 2), (4, 0)] {
            house.clock.advance(by: .seconds(days * 86_400))
            #expect(try await house.suppressions().isEmpty)
            let late = IncomingLetter.bounce(
                to: one.bounceAddress, status: "4.2.2", action: number == 2 ? "failed" : "delayed",
                id: "<s\(number)@mx.example>")
            _ = try await house.receive(late)
            #expect(try await house.state(of: one) == (number == 1 ? "sent" : "failed bounced: soft"))
        }
        // The first was too long ago by the third.
        #expect(try await house.suppressions() == ["bounced"])
    }

    @Test(arguments: Backend.available)
    func `as a refusal for what we are gives no address up, and is counted`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let survey = try await house.survey()
        for number in 1...3 {
            let one = try await house.invited("p\(number)", to: survey)
            let refused = IncomingLetter.bounce(
                to: one.bounceAddress, status: "5.7.1", id: "<p\(number)@mx.example>")
            _ = try await house.receive(refused)
        }
        #expect(try await house.suppressions().isEmpty)
        let counts = try await house.database.read { [clock = house.clock] tx in
            try MailCounts.since(clock.now - .seconds(86_400), account: 1, in: tx)
        }
        #expect(counts.bounces == [.policy: 3] && counts.sent == 3)
        #expect(counts.isRefusedForPolicy && !counts.isComplainedOf)
    }

    @Test(arguments: Backend.available)
    func `as a complaint takes its writer off the list`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let one = try await house.invited()
        let complaint = IncomingLetter.complaint(to: "abuse@kettles.example", about: one.bounceAddress)
        #expect(try await house.receive(complaint).json["kind"]?.string == "complaint")
        #expect(try await house.suppressions() == ["unsubscribed"])
        #expect(try await Set(house.happened()).isSuperset(of: ["customer.left", "invitation.complained"]))
    }

    @Test(arguments: Backend.available)
    func `without the token suppresses nobody, whoever it names`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let one = try await house.invited()
        let guessed = String(repeating: "0", count: 32)
        let forged: [IncomingLetter] = [
            .bounce(to: "bounce@kettles.example"), .bounce(to: "bounce+\(guessed)@kettles.example"),
            // The letter's id, and not where it went.
            .bounce(
                to: "bounce@kettles.example", recipient: "two@example.org", returned: try await one.letterID()
            ),
            .complaint(to: "abuse@kettles.example", about: "bounce+\(guessed)@kettles.example"),
            .complaint(to: one.replyAddress.replacing("kettles", with: "others"), about: "one@example.org"),
            IncomingLetter(to: "surveys@kettles.example", subject: "unsubscribe"),
            IncomingLetter(
                to: "surveys@kettles.example", subject: "unsubscribe",
                fields: ["In-Reply-To: \(try await one.letterID())"]),
        ]
        for (number, letter) in forged.enumerated() {
            var letter = letter
            letter.id = "<f\(number)@mail.example>"
            #expect(try await house.receive(letter).status == 202)
            #expect(try await house.suppressions().isEmpty, "\(number)")
        }
        #expect(try await house.state(of: one) == "sent")
        // The control: the same with the token has its effect.
        var own = IncomingLetter(to: one.replyAddress, subject: "unsubscribe")
        own.id = "<f9@mail.example>"
        _ = try await house.receive(own)
        #expect(try await house.suppressions() == ["unsubscribed"])
    }

    @Test func `as a bounce that names the letter and where it went needs no token`() async throws {
        let house = try await House(on: .sqlite)
        let one = try await house.invited()
        let bounce = IncomingLetter.bounce(
            to: "postmaster@kettles.example", recipient: "ONE@example.org", returned: try await one.letterID()
        )
        #expect(try await house.receive(bounce).json["customer"]?.string == one.customer)
        #expect(try await house.suppressions() == ["bounced"])
    }

    @Test(arguments: [
        ("Re: How was it?", "Unsubscribe."), ("Re: How was it?", "wypisz mnie"), ("x", "退订"), ("x", "取消訂閱"),
        ("unsubscribe", ""), ("Unsubscribe", "This mail was made by a program."),
    ])
    func `that asks to be left alone is obeyed`(subject: String, body: String) async throws {
        let house = try await House(on: .sqlite)
        let one = try await house.invited()
        var letter = one.letter(body)
        letter.subject = subject
        #expect(try await house.receive(letter).status == 202)
        #expect(try await house.suppressions() == ["unsubscribed"])
        #expect(try await house.rows("replies") == 0)
        let page = try await house.site.call(.get, one.leave).text
        #expect(!page.contains("<form"))
    }

    @Test(arguments: Backend.available)
    func `from a machine is noted and nothing else`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let one = try await house.invited()
        var letter = one.letter("I am away until Monday.")
        letter.fields = ["Auto-Submitted: auto-replied"]
        #expect(try await house.receive(letter).json["kind"]?.string == "auto_reply")
        #expect(try await house.happened().last == "invitation.auto_replied")
        #expect(try await house.rows("replies") == 0)
        #expect(try await house.suppressions().isEmpty)
    }

    @Test func `for another account, or for nobody, is unknown to this one`() async throws {
        let house = try await House(on: .sqlite)
        let one = try await house.invited()
        let foreign = try await house.receive(.bounce(to: one.bounceAddress), account: 2)
        #expect(foreign.status == 202 && foreign.json["customer"] == nil)
        #expect(foreign.json["kind"]?.string == "bounce")
        #expect(try await house.suppressions().isEmpty)
        #expect(try await house.rows("received_mails") == 0)
        let nobody = try await house.receive(IncomingLetter(to: "x@y.example", from: "z@y.example"))
        #expect(nobody.json["kind"]?.string == "unknown" && nobody.json["customer"] == nil)
        #expect(try await house.receive(IncomingLetter(to: "", from: "")).status == 202)
    }

    @Test(arguments: Backend.available)
    func `after its reader was erased keeps nothing of them`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let one = try await house.invited()
        _ = try await house.receive(one.letter())
        _ = try await house.site.api(.delete, "/customers/\(one.customer)")
        #expect(try await house.rows("replies") == 0)
        try await house.database.write { tx in
            try tx.run("UPDATE invitations SET customer_id = NULL, contact_point_id = NULL")
        }
        var again = one.letter("Me again")
        again.id = "<a2@mail.example>"
        let answer = try await house.receive(again)
        #expect(answer.status == 202 && answer.json["customer"] == nil)
        #expect(try await house.rows("replies") == 0)
        #expect(try await house.value("customer_id", of: "received_mails") == nil)
    }

    @Test func `is taken by its own scope, type and size alone, and once under a key`() async throws {
        let house = try await House(on: .sqlite)
        let one = try await house.invited()
        #expect(try await house.receive(one.letter(), type: "text/plain").status == 415)
        #expect(try await house.receive(one.letter(), type: "message/rfc822; charset=x").status == 202)
        for _ in 0..<2 { #expect(try await house.receive(one.letter("x"), key: "k").status == 202) }
        #expect(try await house.receive(one.letter("y"), key: "k").status == 422)
        let narrow = try await house.site.call(
            .post, "/api/v1/inbound/email",
            headers: [.authorization: "Bearer account-1/mail:receive", .contentType: "message/rfc822"],
            body: one.letter("z").text)
        #expect(narrow.status == 202)
        let other = try await house.site.call(
            .post, "/api/v1/inbound/email",
            headers: [.authorization: "Bearer account-1/responses:write", .contentType: "message/rfc822"],
            body: one.letter("z").text)
        #expect(other.status == 403)
        let huge = try await house.site.call(
            .post, "/api/v1/inbound/email",
            headers: [.authorization: "Bearer account-1", .contentType: "message/rfc822"],
            body: String(repeating: "x", count: InboundRoutes.largestMail + 1))
        #expect(huge.status == 413)
    }
}
