import Customers
import Database
import Formats
import HTTPTypes
import Kernel
import Surveys
import TestKit
import Web

/// Mails as others write them, about one invitation.
struct IncomingLetter {
    var to: String
    var from = "Anna <one@example.org>"
    var subject = "Re: How was it?"
    var id = "<a1@mail.example>"
    var fields: [String] = []
    var body = "The lid is broken."

    var text: String {
        let head = [
            "From: \(from)", "To: \(to)", "Subject: \(subject)", "Message-ID: \(id)", "MIME-Version: 1.0",
        ]
        let type =
            fields.contains { $0.hasPrefix("Content-Type") }
            ? [] : ["Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit"]
        let lines = (head + type + fields).joined(separator: "\n") + "\n\n" + body + "\n"
        return lines.replacing("\n", with: "\r\n")
    }

    /// As Postfix reports what it could not deliver. `returned` is the Message-ID of the letter.
    static func bounce(
        to: String, status: String = "5.1.1", action: String = "failed",
        recipient: String = "one@example.org",
        returned: String = "<x@kettles.example>", id: String = "<b1@mx.example>"
    ) -> IncomingLetter {
        IncomingLetter(
            to: to, from: "MAILER-DAEMON@mx.example", subject: "Undelivered Mail Returned to Sender", id: id,
            fields: [
                "Return-Path: <>", "Auto-Submitted: auto-replied",
                #"Content-Type: multipart/report; report-type=delivery-status; boundary="b1""#,
            ],
            body: """
                --b1
                Content-Type: text/plain; charset=us-ascii

                I am sorry.
                --b1
                Content-Type: message/delivery-status

                Reporting-MTA: dns; mx.example

                Final-Recipient: rfc822; \(recipient)
                Action: \(action)
                Status: \(status)
                Diagnostic-Code: smtp; 550 \(status) refused

                --b1
                Content-Type: message/rfc822

                From: Kettles <surveys@kettles.example>
                Message-ID: \(returned)
                Subject: How was it

                How was it?
                --b1--
                """)
    }

    static func complaint(to: String, about sender: String) -> IncomingLetter {
        IncomingLetter(
            to: to, from: "feedback@isp.example", subject: "FW: How was it?", id: "<c1@isp.example>",
            fields: [#"Content-Type: multipart/report; report-type=feedback-report; boundary="b1""#],
            body: """
                --b1
                Content-Type: text/plain

                This is an abuse report.
                --b1
                Content-Type: message/feedback-report

                Feedback-Type: abuse
                User-Agent: Some/1.0
                Version: 1
                Original-Mail-From: <\(sender)>
                --b1--
                """)
    }
}

extension Invited {
    var bounceAddress: String { "bounce+\(token)@kettles.example" }
    var replyAddress: String { "surveys+\(token)@kettles.example" }

    /// The Message-ID of its letter.
    func letterID() async throws -> String {
        let wave = try await house.database.read { [id] tx in
            try tx.run("SELECT wave_id FROM invitations WHERE id = \(id)")[0].int64("wave_id")
        }
        return "<\(wave).\(id).0@kettles.example>"
    }

    func letter(_ body: String = "The lid is broken.") -> IncomingLetter {
        IncomingLetter(to: replyAddress, body: body)
    }
}

extension House {
    func receive(
        _ letter: IncomingLetter, account: Int64 = 1, key: String? = nil,
        type: String = "message/rfc822"
    ) async throws -> TestAnswer {
        var headers: HTTPFields = [.authorization: "Bearer account-\(account)", .contentType: type]
        if let key { headers[.idempotencyKey] = key }
        return try await site.call(.post, "/api/v1/inbound/email", headers: headers, body: letter.text)
    }

    /// Why mail to addresses is held back, in no order.
    func suppressions() async throws -> [String] {
        try await database.read { tx in
            try tx.run("SELECT suppressed_because FROM contact_points WHERE suppressed_at IS NOT NULL").map {
                try $0.text("suppressed_because")
            }
        }
    }

    func state(of invited: Invited) async throws -> String {
        try await database.read { tx in
            let row = try tx.run("SELECT state, reason FROM invitations WHERE id = \(invited.id)")[0]
            return try [row.text("state"), row.optionalText("reason")].compactMap(\.self)
                .joined(separator: " ")
        }
    }

    /// Kinds of what happened and is not sealed yet, in order.
    func happened() async throws -> [String] {
        try await database.read { tx in
            try tx.run("SELECT kind FROM unsealed_events ORDER BY id").map { try $0.text("kind") }
        }
    }
}
