import Accounts
package import Database
package import Kernel
package import Ledger

/// What was tried and heard in a case, and the words an account uses for causes and remedies.
package enum CaseRecord {
    package struct Contact: Sendable {
        package let contact: CaseContact
        package let actor: Actor
        package let at: Timestamp
    }
    package struct Heard: Sendable {
        package let verdict: RecoveryCase.Verdict
        package let note: String?
        /// True when the customer said so by their own link; else a member or token reported it.
        package let isCustomersOwnWord: Bool
        package let actor: Actor
        package let at: Timestamp
    }
    package enum Words: String, Sendable { case cause, remedy, closure }

    static func add(
        _ contact: CaseContact, to recovery: RecoveryCase, by actor: Actor, world: World, at now: Timestamp,
        in tx: any Connection
    ) throws {
        try tx.run(
            """
            INSERT INTO case_contacts (id, account_id, case_id, channel, outcome, note, actor, made_at)
            VALUES (\(world.newID()), \(recovery.account), \(recovery.id), \(contact.channel),
              \(contact.outcome), \(contact.note), \(actor.description), \(now))
            """)
    }

    static func add(
        _ verdict: RecoveryCase.Verdict, note: String?, ownWord: Bool, to recovery: RecoveryCase,
        by actor: Actor,
        world: World, at now: Timestamp, in tx: any Connection
    ) throws {
        try tx.run(
            """
            INSERT INTO case_verdicts (id, account_id, case_id, verdict, note, word, actor, heard_at)
            VALUES (\(world.newID()), \(recovery.account), \(recovery.id), \(verdict), \(note),
              \(ownWord ? "customer" : "reported"), \(actor.description), \(now))
            """)
    }

    package static func contacts(of recovery: RecoveryCase, in tx: any Connection) throws -> [Contact] {
        try tx.run(
            """
            SELECT channel, outcome, note, actor, made_at FROM case_contacts
            WHERE account_id = \(recovery.account) AND case_id = \(recovery.id) ORDER BY id LIMIT 200
            """
        ).map { row in
            Contact(
                contact: CaseContact(
                    channel: try row.value("channel"), outcome: try row.value("outcome"),
                    note: try row.optionalText("note")),
                actor: Actor(try row.text("actor")) ?? .system, at: try row.timestamp("made_at"))
        }
    }

    package static func verdicts(of recovery: RecoveryCase, in tx: any Connection) throws -> [Heard] {
        try tx.run(
            """
            SELECT verdict, note, word, actor, heard_at FROM case_verdicts
            WHERE account_id = \(recovery.account) AND case_id = \(recovery.id) ORDER BY id LIMIT 200
            """
        ).map { row in
            Heard(
                verdict: try row.value("verdict"), note: try row.optionalText("note"),
                isCustomersOwnWord: try row.text("word") == "customer",
                actor: Actor(try row.text("actor")) ?? .system, at: try row.timestamp("heard_at"))
        }
    }

    /// A new word joins the account's list.
    static func learn(_ kind: Words, _ words: String, account: Int64, in tx: any Connection) throws {
        try tx.run(
            """
            INSERT INTO case_words (account_id, kind, words) VALUES (\(account), \(kind.rawValue), \(words))
            ON CONFLICT (account_id, kind, words) DO NOTHING
            """)
    }

    package static func known(_ kind: Words, account: Int64, in tx: any Connection) throws -> [String] {
        try tx.run(
            """
            SELECT words FROM case_words WHERE account_id = \(account) AND kind = \(kind.rawValue)
            ORDER BY words LIMIT 200
            """
        ).map { try $0.text("words") }
    }
}
