import Database
import Formats
import HTTPTypes
import Hummingbird
import Kernel
import Language
import Ledger
import Web

/// The page where keys for programs are made and revoked.
struct APITokenRoutes: Sendable {
    let database: any Database
    let world: World
    private var views: APITokenViews { APITokenViews(reader: DatabaseReader(database), world: world) }

    func add(to table: inout RouteTable) {
        table.get("/tokens", .page(.writeTokens), use: views.show)
        table.post("/tokens", .page(.writeTokens), use: make)
        table.post("/tokens/{id}/revocation", .page(.writeTokens), use: revoke)
    }

    @Sendable private func make(_ call: Call) async throws -> Response {
        var form = try call.form()
        let principal = try call.principal()
        let name = form.requiredText("name", 1...120)
        let asked = form.fields.all("scope")
        let scopes = Set(asked.compactMap { Permission(rawValue: $0) }).intersection(APIToken.scopes)
        if scopes.count != Set(asked).count { form.refuse("scope", "unknown-scope") }
        do {
            try form.finish()
        } catch {
            var page = try await views.page(call)
            page.refused = (form.fields, error)
            return try call.page("tokens", page.model, status: .unprocessableContent)
        }
        let secret = try await database.write { [world] tx in
            try APIToken.make(
                name: name, scopes: scopes, account: Account.ID(principal.accountID), by: principal.actor,
                world: world, in: tx
            ).secret
        }
        var page = try await views.page(call)
        page.secret = secret
        return try call.page("tokens", page.model)
    }

    @Sendable private func revoke(_ call: Call) async throws -> Response {
        let principal = try call.principal(), id: APIToken.ID = try call.id()
        try await database.write { [world] tx in
            try APIToken.revoke(
                id, account: Account.ID(principal.accountID), by: principal.actor, world: world, in: tx)
        }
        return .seeOther("/tokens?done=token-revoked")
    }
}

/// The page of keys as it is read.
struct APITokenViews: Sendable {
    let reader: DatabaseReader
    let world: World

    @Sendable func show(_ call: Call) async throws -> Response {
        try call.page("tokens", try await page(call).model)
    }

    func page(_ call: Call) async throws -> APITokenPage {
        let account = Account.ID(try call.account())
        let tokens = try await reader.read { tx in try APIToken.list(account: account, limit: 200, in: tx) }
        return APITokenPage(tokens: tokens, messages: call.messages, now: world.now())
    }
}
