import Database
import Formats
import HTTPTypes
import Hummingbird
import Kernel
import Language
import Ledger
import Web

/// Members as a page and as a list for programs.
struct MemberRoutes: Sendable {
    let database: any Database
    let world: World
    private var views: MemberViews { MemberViews(reader: DatabaseReader(database), world: world) }

    func add(to table: inout RouteTable) {
        table.get("/members", .page(.readMembers), use: views.show)
        table.post("/members/{id}/role", .page(.writeMembers), use: changeRole)
        table.post("/members/{id}/removal", .page(.writeMembers), use: remove)
        table.get("/api/v1/members", .api(.readMembers), use: views.list)
    }

    @Sendable private func changeRole(_ call: Call) async throws -> Response {
        var form = try call.form()
        let role: Role? = form.choice("role")
        try form.finish()
        guard let role else { throw DomainError.invalid("/role", "missing") }
        return try await change(call, to: role, done: "role-changed") { member, actor, world, tx in
            try member.change(to: role, by: actor, world: world, in: tx)
        }
    }

    @Sendable private func remove(_ call: Call) async throws -> Response {
        try await change(call, to: nil, done: "member-removed") { member, actor, world, tx in
            try member.end(by: actor, world: world, in: tx)
        }
    }

    private func change(
        _ call: Call, to role: Role?, done: String,
        _ effect: @escaping @Sendable (Membership, Actor, World, any Connection) throws -> Void
    ) async throws -> Response {
        let principal = try call.principal(), id: Member.ID = try call.id()
        let reader = try principal.ownRole
        do {
            try await database.write { [world] tx in
                let member = try Membership.find(id, account: Account.ID(principal.accountID), in: tx)
                try member.mayBecome(role, by: reader)
                try effect(member, principal.actor, world, tx)
            }
        } catch let error as DomainError where error.code == "last-owner" {
            var page = try await views.page(call)
            page.alert = call.messages.sentence(error)
            return try call.page("members", page.model, status: .conflict)
        }
        return .seeOther("/members?done=\(done)")
    }
}

/// What is read of members.
struct MemberViews: Sendable {
    let reader: DatabaseReader
    let world: World

    @Sendable func list(_ call: Call) async throws -> Response {
        let account = Account.ID(try call.account()), page = try call.pageRequest()
        let members = try await reader.read { tx in try Membership.list(account: account, page, in: tx) }
        return .list(members) { member in
            [
                "id": .string(member.memberID.description), "email": .string(member.email),
                "name": .string(member.name), "role": .string(member.role.rawValue),
                "joined_at": .time(member.joinedAt), "last_active_at": .time(member.lastActiveAt),
            ]
        }
    }

    @Sendable func show(_ call: Call) async throws -> Response {
        try call.page("members", try await page(call).model)
    }

    /// At most 200 members and 200 invitations.
    func page(_ call: Call) async throws -> MemberPage {
        let account = Account.ID(try call.account()), now = world.now()
        let (members, invitations) = try await reader.read { tx in
            (
                try Membership.list(account: account, PageRequest(limit: PageRequest.largest), in: tx).items,
                try MemberInvitation.waiting(account: account, at: now, limit: 200, in: tx)
            )
        }
        return MemberPage(
            members: members, invitations: invitations, principal: try call.principal(),
            messages: call.messages,
            now: now)
    }
}
