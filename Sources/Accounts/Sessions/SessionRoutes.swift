import Database
import Formats
import HTTPTypes
import Hummingbird
import Kernel
import Language
import Web

/// Signing in and out, the language, the account.
struct SessionRoutes: Sendable {
    let database: any Database
    let world: World

    func add(to table: inout RouteTable) {
        table.get("/sign-in", .open) { call in SignInView(world: world).page(call) }
        table.post("/sign-in", .open, use: signIn)
        table.post("/sign-out", .page(.ownSession), use: signOut)
        table.post("/account", .page(.ownSession), use: switchAccount)
        table.post("/language", .page(.ownSession), use: chooseLanguage)
    }

    @Sendable private func signIn(_ call: Call) async throws -> Response {
        try call.requireOpenForm()
        let fields = try call.form().fields
        let email = EmailAddress(fields["email"] ?? "")?.normalised ?? ""
        let outcome = try await PasswordProof(database: database, world: world).attempt(
            email: email, password: fields["password"] ?? "", address: call.scope.clientAddress,
            device: call.device)
        switch outcome {
        case .tooEarly(let seconds):
            let alert = call.messages("problem.too-many-sign-ins", ["seconds": .int(seconds)])
            var response = SignInView(world: world).page(
                call, alert: alert, typed: fields, status: .tooManyRequests)
            response.headers[.retryAfter] = String(seconds)
            return response
        case .proved(let member):
            if let response = try await open(member, call) { return response }
        case .refused: break
        }
        return SignInView(world: world).page(
            call, alert: call.messages("problem.wrong-password"), typed: fields, status: .unauthorized)
    }

    /// In the account that was used last; `nil` for a person who belongs to none any more.
    private func open(_ member: Member, _ call: Call) async throws -> Response? {
        let device = call.device ?? world.secretToken(), old = call.site.sessionToken(in: call.request)
        let token = try await database.write { [world] tx -> String? in
            guard let account = try Membership.accounts(of: member.id, in: tx).first else { return nil }
            if let old { try Session.close(token: old, in: tx) }
            try SignInLimit.know(.device(device, email: member.email), at: world.now(), in: tx)
            return try Session.open(member.id, account: account.id, world: world, in: tx)
        }
        await Accounts.tidy(database, at: world.now())
        return token.map { call.welcome($0, device: device) }
    }

    @Sendable private func signOut(_ call: Call) async throws -> Response {
        if let token = call.site.sessionToken(in: call.request) {
            try await database.write { tx in try Session.close(token: token, in: tx) }
        }
        var response = Response.seeOther("/sign-in")
        response.addCookie(call.site.cookie(Site.sessionCookie, "", maxAgeSeconds: 0))
        return response
    }

    /// A session belongs to one account: another account, another session.
    @Sendable private func switchAccount(_ call: Call) async throws -> Response {
        guard let number = Int64(try call.form().fields["account"] ?? ""),
            let member = try call.principal().memberID, let old = call.site.sessionToken(in: call.request)
        else { throw DomainError.notFound }
        let device = call.device ?? world.secretToken()
        let token = try await database.write { [world] tx in
            let membership = try Membership.find(Member.ID(member), account: Account.ID(number), in: tx)
            try Session.close(token: old, in: tx)
            return try Session.open(membership.memberID, account: membership.accountID, world: world, in: tx)
        }
        return call.welcome(token, device: device)
    }

    @Sendable private func chooseLanguage(_ call: Call) async throws -> Response {
        var form = try call.form()
        let chosen = form.choice("language", ReaderLanguage.self)
        try form.finish()
        guard let chosen, let member = try call.principal().memberID else { throw DomainError.notFound }
        try await database.write { tx in
            var member = try Member.find(Member.ID(member), in: tx)
            member.language = chosen
            try member.save(in: tx)
        }
        var response = Response.seeOther(form.fields["back"].flatMap(Self.localPath) ?? "/")
        response.keep(chosen, on: call.site)
        return response
    }

    /// A path of our own, never an address elsewhere: `//host` and `/\host` lead away.
    static func localPath(_ text: String) -> String? {
        let isLocal = text.hasPrefix("/") && !text.hasPrefix("//") && !text.contains("\\")
        return isLocal && text.unicodeScalars.allSatisfy { $0.isASCII && $0.value > 0x20 } ? text : nil
    }
}

/// The page at the door, as it is read.
private struct SignInView: Sendable {
    let world: World

    func page(
        _ call: Call, alert: String? = nil, typed: FormFields? = nil, status: HTTPResponse.Status = .ok
    ) -> Response {
        let messages = call.messages
        var form = FormPage(messages, typed: typed)
        form.input("email", messages("word.email"), type: "email", autocomplete: "username")
        form.input("password", messages("word.password"), type: "password", autocomplete: "current-password")
        return call.openPage(
            title: messages("accounts.sign-in.title"), alert: alert, action: "/sign-in",
            submit: messages("action.sign-in"), form: form, status: status, world: world)
    }
}
