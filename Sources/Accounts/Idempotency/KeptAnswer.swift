package import Database
package import Formats

/// Another transaction has committed under the same key since this one looked: look again.
struct KeyTakenMeanwhile: Error {}

/// How an answer is kept where all of it can be told again from what it tells of: in fewer bytes than it has.
package struct KeptForm: Sendable {
    let shorten: @Sendable (JSONValue) -> JSONValue
    let restore: @Sendable (JSONValue, any Connection) throws -> JSONValue

    package init(
        shorten: @escaping @Sendable (JSONValue) -> JSONValue,
        restore: @escaping @Sendable (JSONValue, any Connection) throws -> JSONValue
    ) {
        self.shorten = shorten
        self.restore = restore
    }

    package static let whole = KeptForm {
        $0
    } restore: { kept, _ in
        kept
    }
}

/// The place of one answer.
package struct KeptAnswer: Sendable {
    let accountID: Int64
    let path: String
    let key: String
    let bodyHash: String
    var form = KeptForm.whole

    /// What a transaction holds while it works under this key.
    var lock: String { "\(accountID) \(path) \(key)" }
}
