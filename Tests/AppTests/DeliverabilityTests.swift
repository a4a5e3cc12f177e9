import Database
import Formats
import Kernel
import Language
import Outbound
import Surveys
import Synchronization
import TestKit
import Testing

@testable import App

@Suite struct `The deliverability page` {
    private func page(
        _ variables: [String: String], _ counts: MailCounts = MailCounts(), language: ReaderLanguage = .en
    ) throws -> DeliverabilityPage {
        let settings = Settings(
            variables: Dictionary(uniqueKeysWithValues: variables.map { ("RAPPORT_" + $0.key, $0.value) }))
        return DeliverabilityPage(
            mail: try MailSettings(settings), mailbox: try IncomingMailSettings(settings).mailbox,
            health: MailHealth(counts: counts, queue: MailQueue(), poll: nil),
            messages: Messages.of(language),
            now: TestClock().now)
    }

    private func texts(_ model: [String: Any], _ key: String, _ name: String) -> [String] {
        (model[key] as? [[String: Any]] ?? []).compactMap { $0[name] as? String }
    }

    @Test(arguments: ReaderLanguage.allCases)
    func `says what the DNS of the sender's domain should hold`(language: ReaderLanguage) throws {
        let model = try page(
            [
                "SMTP_URL": "smtp://relay.example:587", "MAIL_FROM": "Kettles <us@kettles.example>",
                "MAIL_BOUNCE": "bounce@in.kettles.example", "IMAP_URL": "imaps://a:secret@mail.example",
            ], language: language
        ).model
        #expect(
            texts(model, "records", "name") == ["in.kettles.example", "_dmarc.kettles.example"])
        #expect(texts(model, "records", "value").first == "v=spf1 a:relay.example ~all")
        #expect(
            texts(model, "settings", "badge") == ["good", "good", "good", "failed", "good", "good", "good"])
        #expect(!"\(model)".contains("secret"))
    }

    @Test func `says that nothing proves a sender whose bounces come elsewhere`() throws {
        let model = try page([
            "SMTP_URL": "smtp://relay.example:587", "MAIL_FROM": "us@kettles.example",
            "MAIL_BOUNCE": "bounce@other.example",
        ]).model
        #expect(texts(model, "settings", "badge").last == "waiting")
    }

    @Test(arguments: ReaderLanguage.allCases)
    func `says in words what the DNS holds, once it was asked`(language: ReaderLanguage) async throws {
        var asked = try page(
            ["SMTP_URL": "smtp://relay.example:587", "MAIL_FROM": "us@kettles.example"], language: language)
        func found(_ name: String) -> [String] {
            (asked.model["records"] as? [[String: Any]] ?? [])
                .flatMap { texts($0, "found", name) }
        }
        #expect(found("badge").isEmpty)
        let lookup = TXTLookup { name in
            name.hasPrefix("_dmarc") ? .records(["v=DMARC1; p=none"]) : .records(["v=spf1 +all"])
        }
        asked.found = await SenderRecords.look(
            domain: asked.mail.fromDomain, bounceDomain: asked.mail.bounceDomain, signer: nil, by: lookup)
        #expect(found("badge") == ["failed", "waiting"])
        #expect(
            found("sentence").count == 2 && found("sentence").allSatisfy { !$0.contains("deliverability.") })
        for verdict in SenderRecords.Verdict.allCases where verdict != .good && verdict != .watching {
            let keys = ["spf.", "dkim.", "dmarc.", ""].map { "deliverability.found.\($0)\(verdict.rawValue)" }
            #expect(keys.contains { Messages.of(language).has($0) }, "\(verdict) has no words")
        }
    }

    @Test func `asks the DNS when somebody presses, and never before`() async throws {
        let asked = Mutex(0)
        let database = try await Backend.sqlite.emptyDatabase(), world = TestClock().world
        try await database.write { tx in
            try tx.run(
                """
                INSERT INTO accounts (id, name, time_zone, language, created_at)
                VALUES (1, 'Kettles', 'UTC', 'en', 0)
                """)
        }
        let mail = try MailSettings(
            Settings(variables: [
                "RAPPORT_SMTP_URL": "smtp://relay.example:587", "RAPPORT_MAIL_FROM": "us@kettles.example",
            ]))
        let lookup = TXTLookup { _ in
            asked.withLock { $0 += 1 }
            return .records([])
        }
        let site = TestSite { table, _ in
            DeliverabilityRoutes(
                reader: DatabaseReader(database), world: world, mail: mail, mailbox: nil, lookup: lookup
            ).add(to: &table)
        }
        let looked = try await site.page("/operations/deliverability")
        #expect(looked.status == 200 && looked.text.contains("Look up what the DNS says"))
        #expect(asked.withLock { $0 } == 0 && !looked.text.contains("has no such record yet"))
        let pressed = try await site.page("/operations/deliverability/records", form: [])
        #expect(pressed.status == 200 && pressed.text.contains("The DNS has no such record yet."))
        #expect(asked.withLock { $0 } == 2)
    }

    @Test func `of a trial says that no mail leaves`() throws {
        let model = try page([:]).model
        #expect(model["isTrial"] as? Bool == true && model["hasRecords"] as? Bool == false)
    }

    @Test func `shows complaints with their interval, and sounds an alarm above the limit`() throws {
        var counts = MailCounts()
        #expect(
            try page([:], counts).model["complaints"] as? String
                == "Nothing was sent in the last 30 days, so there is no share of complaints yet.")
        (counts.sent, counts.complaints) = (1000, 3)
        let fair = try page([:], counts).model
        #expect((fair["complaints"] as? String)?.contains("of 1,000 letters, most likely between") == true)
        #expect(texts(fair, "alarms", "words").isEmpty)
        counts.complaints = 4
        #expect(try texts(page([:], counts).model, "alarms", "words").count == 1)
        counts.bounces[.policy] = 21
        #expect(try texts(page([:], counts).model, "alarms", "words").count == 2)
        counts.bounces[.policy] = 20
        #expect(try texts(page([:], counts).model, "alarms", "words").count == 1)
    }

    @Test(
        arguments: [
            (["IMAP_URL": "imap://a:b@mail.example", "IMAP_TLS": "none"], "RAPPORT_IMAP_URL cannot be used"),
            (["IMAP_URL": "mail.example"], "RAPPORT_IMAP_URL cannot be used"),
            (["IMAP_TLS": "maybe"], "RAPPORT_IMAP_TLS must be"),
        ] as [([String: String], String)])
    func `is not reached with a mailbox that cannot be used`(variables: [String: String], words: String) {
        let error = #expect(throws: SettingsError.self) { try page(variables) }
        #expect(error?.description.hasPrefix(words) == true)
    }
}
