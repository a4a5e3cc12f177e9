package import Database
import Formats
package import Kernel
import Language
import Ledger

/// What whoever runs the server may do at its console.
package enum MemberAdmission {
    /// Makes a member of the account that is meant, the account too where there is none yet. With the first
    /// owner the set-up link closes.
    ///
    /// Throws `invalid` for an address or a password that will not do, `account-unknown` for an account that
    /// is none of those there are, `member-already` for who is a member.
    package static func admit(
        email text: String, password: String, role: Role, account name: String?, timeZone: String,
        database: any Database, world: World
    ) async throws -> (member: Member, account: Account) {
        let email = try address(text)
        try check(password, email: email)
        let hash = try await Password.hash(password)
        return try await database.write { tx in
            let account = try meant(name, email: email, timeZone: timeZone, world: world, in: tx)
            let member = try upsert(email, hash, world, in: tx)
            if try Membership.accounts(of: member.id, in: tx).contains(where: { $0.id == account.id }) {
                throw DomainError(.conflict, "member-already")
            }
            try Membership.join(
                member.id, account: account.id, role: role, by: .operator, world: world, in: tx)
            return (member, account)
        }
    }

    /// A new password; every session of the member ends.
    package static func setPassword(
        email text: String, password: String, database: any Database, world: World
    ) async throws {
        let email = try address(text)
        try check(password, email: email)
        let hash = try await Password.hash(password)
        try await database.write { tx in
            guard var member = try Member.known(by: email, in: tx) else {
                throw DomainError(.notFound, "member-unknown", ["email": email])
            }
            try member.change(password: hash, by: .operator, world: world, in: tx)
        }
    }

    private static func address(_ text: String) throws(DomainError) -> String {
        guard let email = EmailAddress(text) else { throw .invalid("/email", "not-an-email") }
        return email.normalised
    }

    private static func check(_ password: String, email: String) throws(DomainError) {
        if let fault = Password.fault(in: password, email: email) {
            throw .invalid([DomainError.Field("/password", fault.code, fault.values)])
        }
    }

    private static func meant(
        _ name: String?, email: String, timeZone: String, world: World, in tx: any Connection
    ) throws -> Account {
        guard try Account.list(limit: 1, in: tx).isEmpty else { return try Account.meant(by: name, in: tx) }
        let domain = String(email.split(separator: "@").last ?? "")
        return try Account.make(
            name: name ?? domain, timeZone: timeZone, language: .en, by: .operator, world: world, in: tx)
    }

    private static func upsert(_ email: String, _ hash: String, _ world: World, in tx: any Connection) throws
        -> Member
    {
        guard var member = try Member.known(by: email, in: tx) else {
            let name = String(email.prefix { $0 != "@" })
            return try Member.make(
                email: email, name: name, passwordHash: hash, language: nil, world: world, in: tx)
        }
        try member.change(password: hash, by: .operator, world: world, in: tx)
        return member
    }
}

extension Member {
    /// Ends every session of the member, in all accounts, and tells each of these.
    mutating func change(password hash: String, by actor: Actor, world: World, in tx: any Connection) throws {
        passwordHash = hash
        try save(in: tx)
        try Session.closeAll(of: id, in: tx)
        for account in try Membership.accounts(of: id, in: tx) {
            try Membership.tell(
                .memberChanged, id, account.id, ["fields": ["password"]], by: actor, world, in: tx)
        }
    }
}
