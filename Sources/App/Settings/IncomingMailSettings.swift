package import Outbound

/// Which mailbox is read for bounces and replies: `RAPPORT_IMAP_URL`, `RAPPORT_IMAP_TLS`,
/// `RAPPORT_IMAP_CA_FILE`, and how often: `RAPPORT_IMAP_SECONDS`.
package struct IncomingMailSettings: Sendable {
    /// `nil` where none is set: then no mailbox is read.
    package let mailbox: IMAPAddress?
    let authorities: String?
    let pause: Duration

    private static let usualSeconds = 20

    /// Throws `SettingsError` for what cannot be used.
    package init(_ settings: Settings) throws {
        let word = settings.text("imap_tls")
        let wanted = word.flatMap(RelayAddress.Security.init)
        if let word, wanted == nil {
            throw SettingsError(
                setting: "imap_tls", problem: "must be starttls, tls or none, not \"\(word)\"")
        }
        do {
            mailbox = try settings.text("imap_url").map { try IMAPAddress(url: $0, security: wanted) }
        } catch let error as RelayAddress.Invalid {
            throw SettingsError(setting: "imap_url", problem: "cannot be used: \(error.reason)")
        }
        authorities = settings.text("imap_ca_file")
        pause = .seconds(max(1, try settings.number("imap_seconds", default: Self.usualSeconds)))
    }

    var source: IMAPMailbox? {
        mailbox.map { IMAPMailbox(IMAPMailbox.Settings(address: $0, authorities: authorities)) }
    }
}
