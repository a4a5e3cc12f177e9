import Accounts
import Kernel
import Outbound

/// What programs read of a letter: where its bounces and replies go, how to leave, that no answer is wanted.
struct LetterEnvelope {
    let invitation: Invitation
    let token: String
    /// The address that it is from.
    let mailbox: String
    /// Where bounces go; `nil` for the same address.
    let bounce: String?
    let links: LetterLinks

    /// RFC 5321, 4.5.3.1.1: octets before the `@`.
    private static let longestLocal = 64

    var sender: String { Self.carrying(token, in: bounce ?? mailbox) }
    var replyTo: String { Self.carrying(token, in: mailbox) }

    /// `local+TOKEN@domain`, so that what comes back says whose letter it answers. An address that cannot
    /// carry it (too long, not ASCII) stays as it is.
    static func carrying(_ token: String, in address: String) -> String {
        guard let at = address.lastIndex(of: "@") else { return address }
        let local = "\(address[..<at])+\(token)"
        let isPlain = address.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        return isPlain && local.utf8.count <= longestLocal ? local + address[at...] : address
    }

    /// Made of what it is about: a second copy would show.
    func messageID(reminder: Int) -> String {
        "\(invitation.wave).\(invitation.id).\(reminder)@\(domain)"
    }

    var headers: [MailMessage.Header] {
        let survey = Self.label(invitation.survey), account = Self.label(Account.ID(invitation.account))
        return [
            .init("List-Unsubscribe", "<\(links.leave)>, <mailto:\(replyTo)?subject=unsubscribe>"),
            .init("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
            .init("List-Id", "<survey-\(survey).org-\(account).\(host)>"),
            .init("Feedback-ID", "\(invitation.wave):\(survey):\(account):rapport"),
            .init("Auto-Submitted", "auto-generated"), .init("X-Auto-Response-Suppress", "All"),
        ]
    }

    /// An id without the prefix that says of what it is.
    private static func label<Tag>(_ id: Identifier<Tag>) -> Substring {
        id.description.dropFirst(Tag.idPrefix.count + 1)
    }

    /// Of the address that it is from.
    private var domain: String {
        let domain = mailbox.lastIndex(of: "@").map { mailbox[mailbox.index(after: $0)...] } ?? ""
        return domain.isEmpty || !domain.utf8.allSatisfy { (0x21...0x7E).contains($0) }
            ? host : String(domain)
    }

    /// Of the installation, without its port. An address in brackets is no domain.
    private var host: String {
        let scheme = links.base.firstRange(of: "://")
        let authority = links.base[(scheme?.upperBound ?? links.base.startIndex)...].prefix { $0 != "/" }
        return authority.hasPrefix("[") ? "localhost" : String(authority.prefix { $0 != ":" })
    }
}
