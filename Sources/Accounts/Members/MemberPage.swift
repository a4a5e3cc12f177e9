import Kernel
import Language
import Web

/// The members' page: who is here, who was invited, and what the reader may change.
struct MemberPage {
    let members: [Membership]
    let invitations: [MemberInvitation]
    let principal: Principal
    let messages: Messages
    let now: Timestamp
    /// A link that was made just now: shown this once.
    var link: String?
    var form: FormPage?
    var alert: String?

    private var zone: Zone { Zone(named: principal.timeZone) ?? .utc }
    private var reader: Role? { principal.role.flatMap(Role.init(rawValue:)) }

    var model: [String: Any] {
        let mayWrite = principal.may(.writeMembers)
        return [
            "title": messages("accounts.members.title"), "members": members.map(entry),
            "invitations": invitations.map(entry), "hasInvitations": !invitations.isEmpty && mayWrite,
            "link": link ?? false, "alert": alert ?? false, "mayWrite": mayWrite,
            "fields": (form ?? Self.form(messages, reader: reader)).fields,
        ]
    }

    static func form(
        _ messages: Messages, reader: Role?, typed: FormInput? = nil, error: DomainError? = nil
    ) -> FormPage {
        var form = FormPage(messages, typed: typed?.fields, error: error)
        form.input("email", messages("word.email"), type: "email", autocomplete: "off")
        form.choice(
            "role", messages("accounts.field.role"),
            options: (reader?.mayGive ?? []).reversed().map {
                ($0.rawValue, messages("role.\($0.rawValue)"))
            },
            value: Role.agent.rawValue, help: messages("accounts.field.role.help"))
        return form
    }

    private func entry(_ member: Membership) -> [String: Any] {
        let giveable = reader?.mayGive ?? []
        let mayChange = principal.may(.writeMembers) && giveable.contains(member.role)
        return [
            "id": member.memberID.description, "name": member.name, "email": member.email,
            "role": messages("role.\(member.role.rawValue)"),
            "isYou": member.memberID.number == principal.memberID,
            "active": member.lastActiveAt.map {
                messages("accounts.members.active", ["when": .string(messages.relative($0, now: now))])
            } ?? messages("accounts.members.never"),
            "mayChange": mayChange,
            "roles": giveable.map { role -> [String: Any] in
                [
                    "value": role.rawValue, "label": messages("role.\(role.rawValue)"),
                    "selected": role == member.role,
                ]
            },
        ]
    }

    private func entry(_ invitation: MemberInvitation) -> [String: Any] {
        [
            "id": invitation.id.description, "email": invitation.email,
            "role": messages("role.\(invitation.role.rawValue)"),
            "until": messages(
                "accounts.members.until", ["when": .string(messages.date(zone.day(of: invitation.expiresAt)))]
            ),
        ]
    }
}
