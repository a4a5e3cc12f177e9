package import Kernel

/// More bodies wait than we will hold, they wait for too long, or others hold what is needed. Nothing was
/// written: the caller should try again later.
package struct DatabaseBusy: DomainErrorConvertible {
    package var domainError: DomainError { .busy(retryAfterSeconds: 1) }
}

/// The disk is full or broken, or the server cannot be reached. Nothing was written.
package struct DatabaseUnavailable: DomainErrorConvertible {
    /// In the words of the database, for the log.
    package let reason: String

    package init(reason: String) { self.reason = reason }

    package var domainError: DomainError { .busy(retryAfterSeconds: 5) }
}

/// The answer to a COMMIT was lost: the work may be done or not. It is never run again by us. A caller who
/// asks again with the same key learns which it was.
package struct OutcomeUnknown: DomainErrorConvertible {
    package let reason: String
    package var domainError: DomainError { .busy(retryAfterSeconds: 5) }
}

/// The database was closed: this process is ending.
package struct DatabaseClosed: DomainErrorConvertible {
    package var domainError: DomainError { .busy(retryAfterSeconds: 5) }
}

/// A text holds the character NUL, which PostgreSQL cannot store; so SQLite does not either.
package struct UnstorableText: DomainErrorConvertible {
    package var domainError: DomainError { DomainError(.malformed, "malformed-text") }
}

/// SQLite refused a statement: a broken constraint, or a bug.
package struct SQLiteError: Error {
    /// SQLite's extended result code.
    package let code: Int32
    package let message: String
}

/// PostgreSQL refused a statement: a broken constraint, or a bug.
package struct PostgresError: Error {
    /// A unique constraint was broken.
    static let keyTaken = "23505"
    /// Five letters of the SQL standard and of PostgreSQL's own (appendix A of its manual).
    package let sqlState: String
    package let message: String
}

extension DomainError {
    fileprivate static func busy(retryAfterSeconds: Int) -> DomainError {
        var error = DomainError(.busy, "busy")
        error.retryAfterSeconds = retryAfterSeconds
        return error
    }
}
