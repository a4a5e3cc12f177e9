/// Runs transactions. Bodies are synchronous: nothing can `await` (so no HTTP call, no sleep)
/// while a transaction is open, and bodies that wait share one commit. A body may run more than once.
package protocol Database: Sendable {
    var dialect: Dialect { get }
    /// Runs on a snapshot: what others commit meanwhile is not seen.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (any Connection) throws -> Value
    ) async throws -> Value
    @discardableResult
    func write<Value: Sendable>(
        _ isolation: Isolation, _ body: @escaping @Sendable (any Connection) throws -> Value
    ) async throws -> Value
    /// Finishes what waits, takes nothing more, and lets go of all connections.
    func close() async
}

extension Database {
    /// Lets PostgreSQL look how the rows of new tables are spread, and of those that changed by half since it
    /// looked last. By itself it does so a minute after they came, and until then it takes an account for a
    /// few rows of many: it reads all of an account where it should look up one row, and what it has read
    /// stands in the way of who writes there. To SQLite the schema says it.
    package func learnSpread() async throws {
        guard dialect == .postgres else { return }
        try await write(.insertOnly) { tx in
            // The tables of this schema: another installation may have one beside it.
            try tx.run(
                """
                DO $$ DECLARE names TEXT; BEGIN
                  SELECT string_agg(quote_ident(relname), ', ') INTO names FROM pg_class
                  WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'
                    AND (reltuples < 0 OR pg_stat_get_mod_since_analyze(oid) > reltuples / 2);
                  IF names IS NOT NULL THEN EXECUTE 'ANALYZE (SKIP_LOCKED) ' || names; END IF;
                END $$ -- postgres
                """)
        }
    }

    @discardableResult
    package func write<Value: Sendable>(
        _ body: @escaping @Sendable (any Connection) throws -> Value
    ) async throws -> Value {
        try await write(.serializable, body)
    }
}

/// SQLite has one writer and so is always serializable. PostgreSQL runs a body that only inserts under
/// unique keys more cheaply as `insertOnly`.
package enum Isolation: Sendable { case serializable, insertOnly }

/// One open transaction. A body never catches an error that the database threw and goes on.
package protocol Connection {
    var dialect: Dialect { get }
    /// What a driver does for `run`.
    @discardableResult func execute(_ sql: SQL) throws -> [Row]
    /// What a driver does for `each`.
    func stream(_ sql: SQL, _ body: (Row) throws -> Void) throws
    /// The same for views of rows.
    func view(_ sql: SQL, _ body: (RowView) throws -> Void) throws
    /// Adds many rows by the fastest road that the database has; the number of rows added.
    @discardableResult func load(_ new: NewRows) throws -> Int
}

extension Connection {
    /// Holds a name until the transaction ends; false where another one holds it. Never waits: SQLite has one
    /// writer, whose transaction holds everything.
    package func holdAlone(_ name: String) throws -> Bool { try holdAlone([name]) }

    /// The same for several; false where another one holds any of them.
    package func holdAlone(_ names: [String]) throws -> Bool {
        if dialect == .sqlite || names.isEmpty { return true }
        // Such a lock belongs to the whole database, and another installation may have a schema of it.
        // The last name again up to a power of two: it is held once more.
        let wanted = (0..<names.count.powerOfTwoAbove).map { "\(names[min($0, names.count - 1)])" as SQL }
        let rows = try run(
            """
            SELECT pg_try_advisory_xact_lock(hashtextextended(current_schema || ' ' || name, 0)) AS held
            FROM UNNEST(ARRAY[\(wanted.joined(", "))]) AS wanted (name)
            """)
        return try rows.allSatisfy { try $0.bool("held") }
    }

    /// Runs one statement; its rows. The place of the call is for the tests, which see to it that each
    /// statement ran on both databases.
    @discardableResult
    package func run(_ sql: SQL, file: StaticString = #fileID, line: UInt = #line) throws -> [Row] {
        let rows = try execute(sql)
        #if DEBUG
            StatementLog.note(sql.text, on: dialect, file, line)
        #endif
        return rows
    }

    /// Row by row, without holding them all: for exports and recounts. `body` may ask other questions
    /// meanwhile.
    package func each(
        _ sql: SQL, file: StaticString = #fileID, line: UInt = #line, _ body: (Row) throws -> Void
    ) throws {
        try stream(sql, body)
        #if DEBUG
            StatementLog.note(sql.text, on: dialect, file, line)
        #endif
    }

    /// The rows of one statement, none of them copied; `body` asks no other questions.
    package func each(
        view sql: SQL, file: StaticString = #fileID, line: UInt = #line, _ body: (RowView) throws -> Void
    ) throws {
        try view(sql, body)
        #if DEBUG
            StatementLog.note(sql.text, on: dialect, file, line)
        #endif
    }
}
