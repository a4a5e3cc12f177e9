import Outbound
import Testing

@testable import App

@Suite struct `The settings of mail` {
    private func settings(_ variables: [String: String]) throws -> MailSettings {
        try MailSettings(
            Settings(
                variables: Dictionary(
                    uniqueKeysWithValues: variables.map { ("RAPPORT_" + $0.key, $0.value) })))
    }

    @Test func `are read as they are written`() throws {
        let none = try settings([:])
        #expect(none.relay == nil && none.from.address == "surveys@rapport.invalid" && none.perDomain == 0)
        #expect(try settings(["MAIL_PER_DOMAIN": "600"]).perDomain == 600)
        let plain = try settings([
            "SMTP_URL": "smtp://user:p%40ss@mail.example:587", "MAIL_FROM": "Kettles <Us@kettles.example>",
            "MAIL_BOUNCE": "bounce@kettles.example",
        ])
        #expect(plain.relay?.security == .starttls && plain.bounce == "bounce@kettles.example")
        #expect(plain.from == MailMessage.Mailbox(name: "Kettles", address: "Us@kettles.example"))
        let whole = try settings(["SMTP_URL": "smtps://mail.example", "MAIL_FROM": "us@kettles.example"])
        #expect(whole.relay?.security == .tls && whole.from.name == nil)
        for host in ["127.0.0.1:2525", "localhost:2525", "[::1]:2525"] {
            let local = try settings([
                "SMTP_URL": "smtp://\(host)", "SMTP_TLS": "none", "MAIL_FROM": "us@kettles.example",
            ])
            #expect(local.relay?.security == RelayAddress.Security.none, "\(host)")
        }
    }

    @Test(
        arguments: [
            (["SMTP_URL": "smtp://mail.example"], "RAPPORT_MAIL_FROM must name"),
            (["SMTP_URL": "mail.example", "MAIL_FROM": "us@x.example"], "RAPPORT_SMTP_URL cannot be used"),
            (
                ["SMTP_URL": "https://secret@x", "MAIL_FROM": "us@x.example"],
                "RAPPORT_SMTP_URL cannot be used"
            ),
            (["SMTP_URL": "smtp://x.example", "SMTP_TLS": "maybe"], "RAPPORT_SMTP_TLS must be"),
            (["SMTP_URL": "smtp://x.example", "SMTP_TLS": "none"], "RAPPORT_SMTP_URL cannot be used"),
            (
                ["SMTP_URL": "smtp://127.0.0.1.x.example", "SMTP_TLS": "none"],
                "RAPPORT_SMTP_URL cannot be used"
            ),
            (["SMTP_URL": "smtps://x.example", "SMTP_TLS": "starttls"], "RAPPORT_SMTP_URL cannot be used"),
            (["MAIL_FROM": "nobody"], "RAPPORT_MAIL_FROM must be an e-mail address"),
            (["MAIL_BOUNCE": "a@b@c"], "RAPPORT_MAIL_BOUNCE must be an e-mail address"),
            (["MAIL_PER_DOMAIN": "many"], "RAPPORT_MAIL_PER_DOMAIN must be a whole number"),
        ] as [([String: String], String)])
    func `say what cannot be used, and repeat no password`(variables: [String: String], says: String) {
        do {
            _ = try settings(variables)
            Issue.record("\(variables) is taken")
        } catch {
            #expect("\(error)".hasPrefix(says), "\(error)")
            #expect(!"\(error)".contains("secret"))
        }
    }
}
