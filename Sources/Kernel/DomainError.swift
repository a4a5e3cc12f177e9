/// The only error that a rule throws: the caller must change something, the program need not.
///
/// Holds no words. `code` is a stable slug, never reworded; the catalogs hold its sentence under
/// `problem.<code>`
/// (dashes as they are), filled with `values`, in each language.
package struct DomainError: Error, Equatable, Sendable {
    package enum Kind: Sendable {
        /// 400: the bytes are not what they claim to be.
        case malformed
        /// 422: well formed, and wrong.
        case invalid
        case unauthenticated, forbidden, notFound, conflict, gone, tooLarge, unsupportedType, tooMany, busy
    }

    /// One wrong field: where it stands (JSON Pointer, `/score`), what is wrong with it, and the limits that
    /// say so.
    package struct Field: Equatable, Sendable {
        package let pointer: String
        package let code: String
        package let values: [String: String]

        package init(_ pointer: String, _ code: String, _ values: [String: String] = [:]) {
            self.pointer = pointer
            self.code = code
            self.values = values
        }
    }

    package let kind: Kind
    package let code: String
    package let values: [String: String]
    package let fields: [Field]
    /// When it makes sense to try again.
    package var retryAfterSeconds: Int?

    package init(_ kind: Kind, _ code: String, _ values: [String: String] = [:], fields: [Field] = []) {
        self.kind = kind
        self.code = code
        self.values = values
        self.fields = fields
    }

    /// What a reader of input throws when it has seen every field.
    package static func invalid(_ fields: [Field]) -> DomainError {
        DomainError(.invalid, "invalid-fields", fields: fields)
    }
    package static func invalid(_ pointer: String, _ code: String, _ values: [String: String] = [:])
        -> DomainError
    {
        invalid([Field(pointer, code, values)])
    }
    /// One text for what is unknown and what belongs to somebody else.
    package static let notFound = DomainError(.notFound, "not-found")
    package static let forbidden = DomainError(.forbidden, "forbidden")
}

/// A failure of something that we stand on, which has a sentence for the caller all the same: try again
/// later.
package protocol DomainErrorConvertible: Error {
    var domainError: DomainError { get }
}
