package import Database
package import Formats
import Ledger
import Schema

/// Whether what the product says is what it was told: every published figure against a recount of the raw
/// answers, every account's chain of events, the database itself.
package struct Verification: Equatable, Sendable {
    package struct Difference: Equatable, Sendable {
        package enum Part: String, Sendable { case database, chain, figures }
        package let part: Part
        /// `nil` where the whole database is meant.
        package let account: Int64?
        package let says: String

        package var line: String {
            account.map { "\(part.rawValue): account \($0): \(says)" } ?? "\(part.rawValue): \(says)"
        }
    }

    package private(set) var accounts = 0
    package private(set) var events = 0
    package private(set) var differences: [Difference] = []

    /// Of what the settings name. A file that is too damaged to be opened is a difference, too.
    package static func of(_ settings: Settings) async throws -> Verification {
        do {
            let database = try Installation.openExisting(settings)
            let found = try await of(database)
            await database.close()
            return found
        } catch let error as DatabaseUnavailable where settings.databaseURL == nil {
            var found = Verification()
            found.differences.append(Difference(part: .database, account: nil, says: error.reason))
            return found
        }
    }

    /// Looks at everything, beside a running server: each account is compared on one snapshot of its own.
    ///
    /// Throws `CommandFailure` on a schema that this program does not know, and what the database throws when
    /// it cannot be reached; damage is a difference.
    package static func of(_ database: any Database) async throws -> Verification {
        var found = Verification()
        for account in try await found.lookAtDatabase(database) {
            found.accounts += 1
            await found.lookAtChain(account, database)
            await found.lookAtFigures(account, database)
        }
        return found
    }

    /// The accounts to go on with: none when the file is too damaged to be read.
    private mutating func lookAtDatabase(_ database: any Database) async throws -> [Int64] {
        do {
            if let file = database as? SQLiteDatabase {
                let damage = try await file.integrityCheck()
                differences += damage.map { Difference(part: .database, account: nil, says: $0) }
            }
            guard try await Schema.migrator.pending(in: database).isEmpty else {
                throw CommandFailure("The schema is older than this program: run `rapport migrate` first.")
            }
            return try await database.read { tx in try Self.accounts(in: tx) }
        } catch let error as DatabaseUnavailable where database.dialect == .sqlite {
            differences.append(Difference(part: .database, account: nil, says: error.reason))
            return []
        }
    }

    private mutating func lookAtChain(_ account: Int64, _ database: any Database) async {
        do {
            let report = try await ChainVerifier(database: database).verify(account: account)
            events += report.events
            guard let fault = report.fault else { return }
            note(.chain, account, "event \(fault.position) is \(fault.reason.words)")
        } catch {
            note(.chain, account, CommandFailure(error).sentence)
        }
    }

    private mutating func lookAtFigures(_ account: Int64, _ database: any Database) async {
        do {
            for recount in Subscriptions.recounts {
                let differences = try await database.read { tx in try recount(account, tx) }
                for difference in differences { note(.figures, account, difference) }
            }
        } catch {
            note(.figures, account, CommandFailure(error).sentence)
        }
    }

    private mutating func note(_ part: Difference.Part, _ account: Int64, _ says: String) {
        differences.append(Difference(part: part, account: account, says: says))
    }

    package var json: JSONValue {
        [
            "accounts": .integer(Int64(accounts)), "events": .integer(Int64(events)),
            "differences": .array(
                differences.map { difference in
                    [
                        "part": .string(difference.part.rawValue),
                        "account": difference.account.map { .string("\($0)") } ?? .null,
                        "says": .string(difference.says),
                    ]
                }),
        ]
    }
}

extension ChainVerifier.Fault.Reason {
    fileprivate var words: String {
        switch self {
        case .missing: "missing"
        case .altered: "not what was sealed, or one of those after it in its batch"
        case .unlinked: "sealed by no link"
        case .headMismatch: "the last, but the head says another"
        case .unreadable: "not readable"
        }
    }
}
