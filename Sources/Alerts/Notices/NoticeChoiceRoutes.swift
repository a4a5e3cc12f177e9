import Accounts
package import Database
import Hummingbird
import Kernel
import Language
package import Web

/// Which mails a member gets about cases: their own choice, account by account.
package struct NoticeChoiceRoutes: Sendable {
    private let database: any Database
    private let views: NoticeChoiceViews

    package init(database: any Database) {
        self.database = database
        views = NoticeChoiceViews(reader: DatabaseReader(database))
    }

    package func add(to table: inout RouteTable) {
        table.get("/me/notices", .page(.ownSession), use: views.show)
        table.post("/me/notices", .page(.ownSession), use: save)
    }

    @Sendable private func save(_ call: Call) async throws -> Response {
        let form = try call.form()
        guard let member = try call.principal().memberID else { throw DomainError.notFound }
        let account = try call.account()
        let refused = Set(Notice.Kind.ofMembers.filter { !form.flag($0.rawValue) })
        try await database.write { tx in
            try NoticeChoice.refuse(refused, by: Member.ID(member), account: account, in: tx)
        }
        return .seeOther("/me/notices?done=settings-saved")
    }
}

/// Given a reader: looking changes no choice.
struct NoticeChoiceViews: Sendable {
    let reader: DatabaseReader

    @Sendable func show(_ call: Call) async throws -> Response {
        guard let member = try call.principal().memberID else { throw DomainError.notFound }
        let account = try call.account()
        let refused = try await reader.read { tx in
            try NoticeChoice.refused(by: Member.ID(member), account: account, in: tx)
        }
        let messages = call.messages
        let kinds = Notice.Kind.ofMembers.map { kind -> [String: Any] in
            let key = "notice.\(kind.rawValue.replacing("_", with: "-"))"
            return [
                "name": kind.rawValue, "label": messages("\(key).name"), "help": messages("\(key).help"),
                "chosen": !refused.contains(kind),
            ]
        }
        return try call.page("notices", ["title": messages("notice.title"), "kinds": kinds])
    }
}
