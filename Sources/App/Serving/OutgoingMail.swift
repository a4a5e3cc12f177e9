import Alerts
import FollowUp
import Kernel
import Language
import Outbound
import Surveys
import Web

/// How invitations leave this node: who carries them, and who writes them.
struct OutgoingMail: Sendable {
    let carrier: any MailCarrier
    let write: InvitationWriter
    private let settings: MailSettings
    private let site: Site

    /// By the relay that is set, else into the mailbox of a trial. Throws `SettingsError`.
    init(_ installation: Installation, site: Site) throws {
        let settings = try MailSettings(installation.settings)
        (self.settings, self.site) = (settings, site)
        if let address = settings.relay {
            let relay = SMTPRelay.Settings(
                address: address, greeting: site.host, authorities: settings.authorities)
            carrier = SMTPRelay(relay, signer: settings.signer)
        } else {
            carrier = MailboxCarrier(database: installation.database, world: installation.world)
        }
        let press = LetterPress()
        write = { outgoing, token, now in
            var invitation = outgoing.invitation
            invitation.language = invitation.language ?? outgoing.language.rawValue
            return InvitationLetter.message(
                for: invitation, survey: outgoing.survey, sender: outgoing.sender, to: outgoing.address,
                name: outgoing.name, token: token, site: site, from: settings.from, bounce: settings.bounce,
                reminder: invitation.reminder, by: press, at: now)
        }
    }

    func sender(for installation: Installation) -> InvitationSender {
        InvitationSender(
            database: installation.database, world: installation.world, secret: installation.secret,
            carrier: carrier, perDomain: settings.perDomain, doorbell: installation.mailBell, write: write)
    }

    func alertSender(for installation: Installation, hooks: any HookCarrier) -> AlertSender {
        AlertSender(
            database: installation.database, world: installation.world, secret: installation.secret,
            site: site, mail: carrier, hooks: hooks, from: settings.from, bounce: settings.bounce)
    }

    func noticeSender(for installation: Installation) -> NoticeSender {
        NoticeSender(
            database: installation.database, world: installation.world, site: site, carrier: carrier,
            links: VerdictLink(secret: installation.secret), from: settings.from, bounce: settings.bounce)
    }
}
