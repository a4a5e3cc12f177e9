import Formats
import Outbound
import Surveys

extension MailSettings {
    /// Mailboxes to which our letters call their bounces and replies.
    var ours: [EmailAddress] {
        [bounce, from.address].compactMap { $0.flatMap(EmailAddress.init) }
    }
}

extension MailIntake {
    /// Throws `SettingsError` for mail settings that cannot be used.
    init(_ installation: Installation) throws {
        let settings = try MailSettings(installation.settings)
        self.init(world: installation.world, secret: installation.secret, ours: settings.ours)
    }
}

extension MailboxPoller {
    /// `nil` where no mailbox is set. Throws `SettingsError` for one that cannot be used.
    convenience init?(_ installation: Installation) throws {
        let incoming = try IncomingMailSettings(installation.settings)
        guard let source = incoming.source else { return nil }
        var settings = Settings()
        settings.pause = incoming.pause
        self.init(
            database: installation.database, world: installation.world, holder: installation.holder,
            source: source, intake: try MailIntake(installation), settings: settings)
    }
}
