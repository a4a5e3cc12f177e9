package import Formats
package import Kernel

/// An event at its final place. Positions of an account begin at 1 and have no gap.
package struct SealedEvent: Equatable, Sendable {
    package let account: Int64
    package let position: Int
    package let id: Int64
    package let kind: EventKind
    /// The row that it is about; the kind says of which table.
    package let subject: Int64
    package let customer: Int64?
    package let actor: Actor
    package let payloadText: String
    package let happenedAt: Timestamp

    /// Ids, kinds and names of changed fields. Throws `JSONError` when somebody has tampered with the text.
    package var payload: JSONObject {
        get throws { try JSONValue(parsing: payloadText).object ?? [:] }
    }
}
