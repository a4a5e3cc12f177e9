import Database
import Kernel

/// Who works here: accounts (tenants), their members and roles, and what opens a door.
///
/// - `Account/`, `Zones/`, `Calendars/`: one company, its days and its business hours.
/// - `Members/`, `Invitations/`, `Roles/`, `Passwords/`: the people, and what each may do.
/// - `Sessions/`, `SignInLimits/`, `Tokens/`, `SetupLinks/`: how a caller is recognised.
/// - `Idempotency/`: one answer to one key.
///
/// **Invariant:** no token is stored, only its SHA-256; a page, a link or a command shows it once.
/// **Invariant:** an account always has an owner; who is a member never shows by time or text.
/// **Invariant:** one policy, `Role.permissions`, answers for pages and API alike.
package enum Accounts {}

extension Accounts {
    /// Throws away what no longer opens a door or counts; a failure waits for the next time.
    static func tidy(_ database: any Database, at now: Timestamp) async {
        try? await database.write { tx in
            try Session.tidy(at: now, in: tx)
            try SignInLimit.tidy(at: now, in: tx)
        }
    }
}
