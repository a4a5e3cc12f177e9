/// Runs transactions. Bodies are synchronous: nothing can `await` (so no HTTP call, no sleep)
/// while a transaction is open, and bodies that wait share one commit. A body may run more than once.
package protocol Database: Sendable {
    var dialect: Dialect { get }
    /// Runs on a snapshot: what others commit meanwhile is not seen.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (any Connection) throws -> Value
    ) async throws -> Value
    func write<Value: Sendable>(
        _ isolation: Isolation, _ body: @escaping @Sendable (any Connection) throws -> Value
    ) async throws -> Value
    /// Finishes what waits, takes nothing more, and lets go of all connections.
    func close() async
}

extension Database {
    package func write<Value: Sendable>(
        _ body: @escaping @Sendable (any Connection) throws -> Value
    ) async throws -> Value {
        try await write(.serializable, body)
    }
}

/// SQLite has one writer and so is always serializable. PostgreSQL runs a body that only inserts under
/// unique keys more cheaply as `insertOnly`.
package enum Isolation: Sendable { case serializable, insertOnly }

/// One open transaction. A body never catches an error that `run` threw and goes on.
package protocol Connection {
    var dialect: Dialect { get }
    @discardableResult func run(_ sql: SQL) throws -> [Row]
}

/// More bodies wait than we will hold, or another process holds the file: the caller should try again later.
package struct DatabaseBusy: Error, Sendable {}

/// The database was closed: this process is ending.
package struct DatabaseClosed: Error, Sendable {}
