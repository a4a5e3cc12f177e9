/// Why bytes are no JSON that we accept, and at which byte it showed.
package struct JSONError: Error, Equatable {
    package enum Kind: Equatable, Sendable {
        case syntax
        case badUTF8
        case tooDeep
        case duplicateKey(String)
        /// A number beyond what a double holds, 1e999.
        case numberOutOfRange
    }

    package let kind: Kind
    /// Bytes before the fault.
    package let offset: Int
}
