import Accounts
import Database
import Kernel
import Language
import Web

/// To whom answers may be handed: the members of the account, the one who looks first.
struct ResponseTeam: Sendable {
    let me: Int64?
    private let members: [Membership]

    init(account: Int64, me: Int64?, in tx: any Connection) throws {
        self.me = me
        let all = PageRequest(limit: PageRequest.largest)
        members = try Membership.list(account: Account.ID(account), all, in: tx).items
            .sorted { ($0.name, $0.memberID) < ($1.name, $1.memberID) }
    }

    /// `nil` for somebody who has left the account, too.
    func name(of member: Member.ID?) -> String? {
        members.first { $0.memberID == member }?.name
    }

    /// For a select: everybody, nobody, me and each other member.
    func options(_ messages: Messages, chosen: String?, isFilter: Bool) -> [[String: Any]] {
        var options: [(value: String, label: String)] = isFilter ? [("", messages("word.all"))] : []
        if isFilter, me != nil { options.append(("me", messages("inbox.owner.me"))) }
        options.append(("nobody", messages("inbox.owner.nobody")))
        options += members.map { member in
            let isMe = member.memberID.number == me
            let name = isMe ? messages("inbox.owner.you", ["name": .string(member.name)]) : member.name
            return (member.memberID.description, name)
        }
        return options.map { ["value": $0.value, "label": $0.label, "selected": $0.value == (chosen ?? "")] }
    }
}
