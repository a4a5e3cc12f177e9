import Database
import Formats
import HTTPTypes
import Hummingbird
import Kernel
import Language
import Ledger
import Web

/// The first page of a new installation: account and owner in one form.
struct SetupLinkRoutes: Sendable {
    let database: any Database
    let world: World
    let timeZone: String
    private var views: SetupLinkViews {
        SetupLinkViews(reader: DatabaseReader(database), world: world, timeZone: timeZone)
    }

    func add(to table: inout RouteTable) {
        table.get("/setup/{token}", .open, use: views.show)
        table.post("/setup/{token}", .open, use: setUp)
    }

    @Sendable private func setUp(_ call: Call) async throws -> Response {
        let token = try call.parameter("token")
        try await database.read { tx in try SetupLink.require(token, in: tx) }
        try call.requireOpenForm()
        let form = try call.form()
        let first: FirstOwner
        do {
            first = try FirstOwner(form)
        } catch {
            return views.page(call, token, typed: form.fields, error: error)
        }
        let hash = try await Password.hash(first.password), device = call.device ?? world.secretToken()
        let session = try await database.write { [world] tx in
            try SetupLink.require(token, in: tx)
            return try first.enter(passwordHash: hash, device: device, world: world, in: tx)
        }
        return call.welcome(session, device: device)
    }
}

/// The first page as it is read.
struct SetupLinkViews: Sendable {
    let reader: DatabaseReader
    let world: World
    let timeZone: String

    @Sendable func show(_ call: Call) async throws -> Response {
        let token = try call.parameter("token")
        let account = try await reader.read { tx in
            try SetupLink.require(token, in: tx)
            return try Account.list(limit: 1, in: tx).first
        }
        return page(call, token, account: account?.name ?? "")
    }

    func page(
        _ call: Call, _ token: String, account: String = "", typed: FormFields? = nil,
        error: DomainError? = nil
    ) -> Response {
        let messages = call.messages
        var form = FormPage(messages, typed: typed, error: error)
        form.input(
            "account", messages("accounts.field.account"), value: account,
            help: messages("accounts.field.account.help"),
            autocomplete: "organization")
        form.input("name", messages("accounts.field.name"), autocomplete: "name")
        form.input("email", messages("word.email"), type: "email", autocomplete: "username")
        form.newPassword()
        form.timeZone(value: timeZone)
        form.language("language", value: call.language)
        return call.openPage(
            title: messages("accounts.setup.title"), intro: messages("accounts.setup.intro"),
            alert: error.map { messages.sentence($0) }, action: SetupLink.path(token),
            submit: messages("accounts.setup.submit"), form: form,
            status: error == nil ? .ok : .unprocessableContent,
            world: world)
    }
}

/// What the form says, checked.
private struct FirstOwner: Sendable {
    let account: String
    let name: String
    let email: String
    let password: String
    let timeZone: String
    let language: ReaderLanguage

    init(_ form: FormInput) throws(DomainError) {
        var form = form
        account = form.requiredText("account", 1...120)
        name = form.requiredText("name", 1...120)
        email = form.requiredEmail("email")
        password = form.newPassword("password", email: email)
        timeZone = form.requiredTimeZone("time_zone")
        language = form.choice("language") ?? .en
        try form.finish()
    }

    /// Takes over an account that was made at the console and has nobody yet.
    func enter(passwordHash: String, device: String, world: World, in tx: any Connection) throws -> String {
        let owner: Member
        if var known = try Member.known(by: email, in: tx) {
            known.name = name
            try known.change(password: passwordHash, by: .system, world: world, in: tx)
            owner = known
        } else {
            owner = try Member.make(
                email: email, name: name, passwordHash: passwordHash, language: language, world: world, in: tx
            )
        }
        let actor = Actor.member(owner.id.number)
        var home: Account
        if let first = try Account.list(limit: 1, in: tx).first {
            home = first
            (home.name, home.timeZone, home.language) = (account, timeZone, language)
            try home.save(over: first, by: actor, world: world, in: tx)
        } else {
            home = try Account.make(
                name: account, timeZone: timeZone, language: language, by: actor, world: world, in: tx)
        }
        try Membership.join(owner.id, account: home.id, role: .owner, by: actor, world: world, in: tx)
        try SignInLimit.know(.device(device, email: email), at: world.now(), in: tx)
        return try Session.open(owner.id, account: home.id, world: world, in: tx)
    }
}
