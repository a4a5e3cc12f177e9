import Database
import Formats
import HTTPTypes
import Hummingbird
import Kernel
import Language
import Ledger
import Web

/// Inviting, and coming in by an invitation.
struct MemberInvitationRoutes: Sendable {
    let database: any Database
    let world: World
    private var views: MemberInvitationViews {
        MemberInvitationViews(reader: DatabaseReader(database), world: world)
    }

    func add(to table: inout RouteTable) {
        table.post("/members/invitations", .page(.writeMembers), use: invite)
        table.post("/members/invitations/{id}/removal", .page(.writeMembers), use: revoke)
        table.get("/join/{token}", .open, use: views.show)
        table.post("/join/{token}", .open, use: join)
    }

    @Sendable private func invite(_ call: Call) async throws -> Response {
        let principal = try call.principal(), reader = try principal.ownRole
        let form = try call.form()
        var page = try await MemberViews(reader: DatabaseReader(database), world: world).page(call)
        do {
            let (email, role) = try Self.read(form, reader: reader)
            let token = try await database.write { [world] tx in
                try MemberInvitation.make(
                    email: email, role: role, account: Account.ID(principal.accountID),
                    by: Member.ID(principal.memberID ?? 0), world: world, in: tx)
            }
            page = try await MemberViews(reader: DatabaseReader(database), world: world).page(call)
            page.link = call.site.link(MemberInvitation.path(token))
            return try call.page("members", page.model)
        } catch let error as DomainError where error.kind == .invalid {
            page.form = MemberPage.form(call.messages, reader: reader, typed: form, error: error)
            page.alert = call.messages.sentence(error)
            return try call.page("members", page.model, status: .unprocessableContent)
        }
    }

    private static func read(_ form: FormInput, reader: Role) throws(DomainError) -> (
        email: String, role: Role
    ) {
        var form = form
        let email = form.requiredEmail("email")
        let role: Role? = form.choice("role")
        if form.fields["role"] == nil { form.refuse("role", "missing") }
        try form.finish()
        guard let role, reader.mayGive.contains(role) else { throw DomainError(.forbidden, "role-too-high") }
        return (email, role)
    }

    @Sendable private func revoke(_ call: Call) async throws -> Response {
        let account = Account.ID(try call.account()), id: MemberInvitation.ID = try call.id()
        try await database.write { tx in try MemberInvitation.revoke(id, account: account, in: tx) }
        return .seeOther("/members?done=invitation-revoked")
    }

    @Sendable private func join(_ call: Call) async throws -> Response {
        let door = try await views.door(call)
        try call.requireOpenForm()
        return door.isKnown ? try await enter(call, door) : try await begin(call, door)
    }

    /// A person who is a member elsewhere.
    private func enter(_ call: Call, _ door: MemberInvitationViews.Door) async throws -> Response {
        let outcome = try await PasswordProof(database: database, world: world).attempt(
            email: door.invitation.email, password: try call.form().fields["password"] ?? "",
            address: call.scope.clientAddress, device: call.device)
        switch outcome {
        case .proved(let member): return try await admit(call, door) { _ in member }
        case .refused:
            let error = DomainError.invalid("/password", "wrong-password")
            return views.page(call, door, error: error, status: .unauthorized)
        case .tooEarly(let seconds):
            let alert = call.messages("problem.too-many-sign-ins", ["seconds": .int(seconds)])
            var response = views.page(call, door, alert: alert, status: .tooManyRequests)
            response.headers[.retryAfter] = String(seconds)
            return response
        }
    }

    /// A new person.
    private func begin(_ call: Call, _ door: MemberInvitationViews.Door) async throws -> Response {
        var form = try call.form()
        let email = door.invitation.email
        let name = form.requiredText("name", 1...120)
        let password = form.newPassword("password", email: email)
        let language: ReaderLanguage? = form.choice("language")
        do {
            try form.finish()
        } catch {
            return views.page(call, door, typed: form.fields, error: error, status: .unprocessableContent)
        }
        let hash = try await Password.hash(password)
        return try await admit(call, door) { [world] tx in
            guard var known = try Member.known(by: email, in: tx) else {
                return try Member.make(
                    email: email, name: name, passwordHash: hash, language: language, world: world, in: tx)
            }
            // Somebody came in by another invitation in the meantime.
            guard known.passwordHash == nil else { throw DomainError.notFound }
            (known.name, known.passwordHash) = (name, hash)
            try known.save(in: tx)
            return known
        }
    }

    private func admit(
        _ call: Call, _ door: MemberInvitationViews.Door,
        _ person: @escaping @Sendable (any Connection) throws -> Member
    ) async throws -> Response {
        let device = call.device ?? world.secretToken(), old = call.site.sessionToken(in: call.request)
        let session = try await database.write { [world] tx in
            let now = world.now()
            let invitation = try MemberInvitation.find(token: door.token, at: now, in: tx)
            let member = try person(tx)
            try invitation.use(at: now, in: tx)
            let isHere = try Membership.accounts(of: member.id, in: tx).contains {
                $0.id == invitation.accountID
            }
            if !isHere {
                try Membership.join(
                    member.id, account: invitation.accountID, role: invitation.role,
                    by: .member(member.id.number), world: world, in: tx)
            }
            if let old { try Session.close(token: old, in: tx) }
            try SignInLimit.know(.device(device, email: member.email), at: now, in: tx)
            return try Session.open(member.id, account: invitation.accountID, world: world, in: tx)
        }
        return call.welcome(session, device: device)
    }
}

/// What a link leads to, as it is read: opening it uses nothing up.
struct MemberInvitationViews: Sendable {
    let reader: DatabaseReader
    let world: World

    /// What a link leads to.
    struct Door: Sendable {
        let token: String
        let invitation: MemberInvitation
        let account: Account
        /// The person has a password already and proves it instead of choosing one.
        let isKnown: Bool
    }

    func door(_ call: Call) async throws -> Door {
        let token = try call.parameter("token"), now = world.now()
        return try await reader.read { tx in
            let invitation = try MemberInvitation.find(token: token, at: now, in: tx)
            return Door(
                token: token, invitation: invitation, account: try Account.find(invitation.accountID, in: tx),
                isKnown: try Member.known(by: invitation.email, in: tx)?.passwordHash != nil)
        }
    }

    @Sendable func show(_ call: Call) async throws -> Response {
        var response = page(call, try await door(call))
        response.headers[.cacheControl] = "no-store"
        return response
    }

    func page(
        _ call: Call, _ door: Door, typed: FormFields? = nil, error: DomainError? = nil, alert: String? = nil,
        status: HTTPResponse.Status = .ok
    ) -> Response {
        let messages = call.messages
        var form = FormPage(messages, typed: typed, error: error)
        if door.isKnown {
            form.input(
                "password", messages("word.password"), type: "password", autocomplete: "current-password")
        } else {
            form.input("name", messages("accounts.field.name"), autocomplete: "name")
            form.newPassword()
            form.language("language", value: call.language)
        }
        let intro = messages(
            door.isKnown ? "accounts.join.intro-known" : "accounts.join.intro",
            [
                "email": .string(door.invitation.email),
                "role": .string(messages("role.\(door.invitation.role.rawValue)")),
            ])
        return call.openPage(
            title: messages("accounts.join.title", ["account": .string(door.account.name)]), intro: intro,
            alert: alert ?? error.map { messages.sentence($0) }, action: MemberInvitation.path(door.token),
            submit: messages("accounts.join.submit"), form: form, status: status, world: world)
    }
}
