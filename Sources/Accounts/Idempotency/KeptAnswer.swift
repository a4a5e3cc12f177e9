/// Another transaction has committed under the same key since this one looked: look again.
struct KeyTakenMeanwhile: Error {}

/// The place of one answer.
struct KeptAnswer: Sendable {
    let accountID: Int64
    let path: String
    let key: String
    let bodyHash: String

    /// What a transaction holds while it works under this key.
    var lock: String { "\(accountID) \(path) \(key)" }
}
