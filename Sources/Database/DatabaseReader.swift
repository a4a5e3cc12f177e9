/// A database that can only be read: what a handler is given that must not write, whatever it is asked.
package struct DatabaseReader: Sendable {
    private let database: any Database

    package init(_ database: any Database) { self.database = database }

    package func read<Value: Sendable>(
        _ body: @escaping @Sendable (any Connection) throws -> Value
    ) async throws -> Value {
        try await database.read(body)
    }
}
