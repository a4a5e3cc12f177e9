import Database
import Formats
import HTTPTypes
import Hummingbird
import Kernel
import Language
import Web

/// What a member sets for themselves: name, language, password.
struct OwnSettingsRoutes: Sendable {
    let database: any Database
    let world: World
    private var views: OwnSettingsViews { OwnSettingsViews(reader: DatabaseReader(database)) }

    func add(to table: inout RouteTable) {
        table.get("/me", .page(.ownSession), use: views.show)
        table.post("/me", .page(.ownSession), use: save)
        table.post("/me/password", .page(.ownSession), use: changePassword)
    }

    @Sendable private func save(_ call: Call) async throws -> Response {
        var form = try call.form()
        let name = form.requiredText("name", 1...120)
        let language: ReaderLanguage? = form.choice("language")
        do {
            try form.finish()
        } catch {
            return try await views.page(
                call, refused: ("/me", form.fields, error), status: .unprocessableContent)
        }
        let id = try await views.member(call).id
        try await database.write { tx in
            var member = try Member.find(id, in: tx)
            member.name = name
            if let language { member.language = language }
            try member.save(in: tx)
        }
        var response = Response.seeOther("/me?done=settings-saved")
        if let language { response.keep(language, on: call.site) }
        return response
    }

    /// The old one is proved like at the door, with the same patience. Every other session ends.
    @Sendable private func changePassword(_ call: Call) async throws -> Response {
        var form = try call.form()
        let principal = try call.principal(), email = principal.email ?? ""
        let password = form.newPassword("password", email: email)
        if form.problems.isEmpty {
            let outcome = try await PasswordProof(database: database, world: world).attempt(
                email: email, password: form.fields["current"] ?? "", address: call.scope.clientAddress,
                device: call.device)
            switch outcome {
            case .proved: break
            case .refused: form.refuse("current", "wrong-password")
            case .tooEarly(let seconds):
                var tooMany = DomainError(.tooMany, "too-many-sign-ins", ["seconds": String(seconds)])
                tooMany.retryAfterSeconds = seconds
                throw tooMany
            }
        }
        do {
            try form.finish()
        } catch {
            return try await views.page(
                call, refused: ("/me/password", form.fields, error), status: .unprocessableContent)
        }
        return try await changed(to: password, principal, call)
    }

    private func changed(to password: String, _ principal: Principal, _ call: Call) async throws -> Response {
        let hash = try await Password.hash(password), id = try await views.member(call).id
        let device = call.device ?? world.secretToken()
        let token = try await database.write { [world] tx in
            var member = try Member.find(id, in: tx)
            try member.change(password: hash, by: principal.actor, world: world, in: tx)
            try SignInLimit.know(.device(device, email: member.email), at: world.now(), in: tx)
            return try Session.open(id, account: Account.ID(principal.accountID), world: world, in: tx)
        }
        var response = call.welcome(token, device: device)
        response.headers[.location] = "/me?done=password-changed"
        return response
    }
}

/// One's own settings as they are read.
struct OwnSettingsViews: Sendable {
    let reader: DatabaseReader

    @Sendable func show(_ call: Call) async throws -> Response { try await page(call) }

    func member(_ call: Call) async throws -> Member {
        guard let id = try call.principal().memberID else { throw DomainError.notFound }
        return try await reader.read { tx in try Member.find(Member.ID(id), in: tx) }
    }

    /// `refused` belongs to the form of that action.
    func page(
        _ call: Call, refused: (action: String, typed: FormFields, error: DomainError)? = nil,
        status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        let member = try await member(call), messages = call.messages
        func form(_ action: String) -> FormPage {
            guard let refused, refused.action == action else { return FormPage(messages) }
            return FormPage(messages, typed: refused.typed, error: refused.error)
        }
        var own = form("/me")
        own.input("name", messages("accounts.field.name"), value: member.name, autocomplete: "name")
        own.language("language", value: member.language ?? call.language)
        var secret = form("/me/password")
        secret.input(
            "current", messages("accounts.field.current-password"), type: "password",
            autocomplete: "current-password")
        secret.newPassword()
        let model: [String: Any] = [
            "title": messages("accounts.me.title"), "address": member.email, "fields": own.fields,
            "passwordFields": secret.fields, "alert": refused.map { messages.sentence($0.error) } ?? false,
        ]
        return try call.page("own-settings", model, status: status)
    }
}
