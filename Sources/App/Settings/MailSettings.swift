import Formats
import Foundation
package import Outbound

/// Where mail is handed over and whose it is: `RAPPORT_SMTP_URL`, `RAPPORT_SMTP_TLS`, `RAPPORT_MAIL_FROM`,
/// `RAPPORT_MAIL_BOUNCE`, how fast it leaves: `RAPPORT_MAIL_PER_DOMAIN`, and what signs it:
/// `RAPPORT_DKIM_KEY_FILE`, `RAPPORT_DKIM_SELECTOR`.
package struct MailSettings: Sendable {
    /// `nil` where none is set: then mail goes to the mailbox page of a trial.
    package let relay: RelayAddress?
    package let from: MailMessage.Mailbox
    /// Bounces come here, the token behind a `+`; `nil` for the address of `from`.
    package let bounce: String?
    /// PEM file of the authorities that a relay's certificate may be from; `nil` for those of the system.
    package let authorities: String?
    /// Invitations that one receiving domain is sent in a minute; 0 for any number.
    package let perDomain: Int
    /// Signs for the domain of `from`.
    package let signer: DKIMSigner?

    /// Nobody can be written to there, so a trial writes to nobody by mistake.
    static let trialAddress = "surveys@rapport.invalid"

    /// Throws `SettingsError` for what cannot be used.
    package init(_ settings: Settings) throws {
        relay = try Self.relay(settings)
        if let text = settings.text("mail_from") {
            from = try Self.mailbox(text)
        } else if relay == nil {
            from = MailMessage.Mailbox(address: Self.trialAddress)
        } else {
            throw SettingsError(
                setting: "mail_from", problem: "must name the sender's address where RAPPORT_SMTP_URL is set")
        }
        bounce = try settings.text("mail_bounce").map { try Self.address($0, "mail_bounce") }
        authorities = settings.text("smtp_ca_file")
        perDomain = try settings.number("mail_per_domain", default: 0)
        signer = try Self.signer(settings, for: from)
    }

    private static func relay(_ settings: Settings) throws -> RelayAddress? {
        let word = settings.text("smtp_tls")
        let wanted = word.flatMap(RelayAddress.Security.init)
        if let word, wanted == nil {
            throw SettingsError(
                setting: "smtp_tls", problem: "must be starttls, tls or none, not \"\(word)\"")
        }
        guard let url = settings.text("smtp_url") else { return nil }
        do {
            return try RelayAddress(url: url, security: wanted)
        } catch {
            throw SettingsError(setting: "smtp_url", problem: "cannot be used: \(error.reason)")
        }
    }

    private static func signer(_ settings: Settings, for from: MailMessage.Mailbox) throws -> DKIMSigner? {
        guard let file = settings.text("dkim_key_file") else { return nil }
        guard let selector = settings.text("dkim_selector") else {
            throw SettingsError(
                setting: "dkim_selector", problem: "must name the key where RAPPORT_DKIM_KEY_FILE is set")
        }
        let domain = settings.text("dkim_domain") ?? String(from.address.split(separator: "@").last ?? "")
        do {
            let key = try String(contentsOfFile: file, encoding: .utf8)
            return try DKIMSigner(key: key, selector: selector, domain: domain)
        } catch let error as DKIMSigner.Unusable {
            throw SettingsError(setting: "dkim_key_file", problem: "holds no key that signs: \(error.reason)")
        } catch {
            throw SettingsError(setting: "dkim_key_file", problem: "cannot be read")
        }
    }

    /// `anna@example.org` or `Kettles <anna@example.org>`.
    private static func mailbox(_ text: String) throws -> MailMessage.Mailbox {
        guard text.hasSuffix(">"), let open = text.lastIndex(of: "<") else {
            return MailMessage.Mailbox(address: try address(text, "mail_from"))
        }
        let name = text[..<open].trimmingCharacters(in: CharacterSet(charactersIn: " \""))
        let inside = String(text[text.index(after: open)...].dropLast())
        return MailMessage.Mailbox(
            name: name.isEmpty ? nil : name, address: try address(inside, "mail_from"))
    }

    private static func address(_ text: String, _ setting: String) throws -> String {
        guard let address = EmailAddress(text) else {
            throw SettingsError(setting: setting, problem: "must be an e-mail address, not \"\(text)\"")
        }
        return address.description
    }
}
