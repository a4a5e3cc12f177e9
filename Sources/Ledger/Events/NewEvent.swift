package import Formats
package import Kernel

/// An event that waits for its place.
package struct NewEvent: Sendable {
    let kind: EventKind
    private(set) var subject: Int64
    private(set) var customer: Int64?
    let actor: String
    /// In one spelling: members in the order of their keys.
    let payload: String
    private(set) var id: Int64
    let account: Int64
    let happenedAt: Timestamp

    /// `payload` holds ids, kinds and the names of changed fields, never a person's name, address or words.
    package init(
        _ kind: EventKind, about subject: Int64, customer: Int64? = nil, by actor: Actor,
        payload: JSONObject = [:], id: Int64, account: Int64, at now: Timestamp
    ) {
        self.kind = kind
        self.subject = subject
        self.customer = customer
        self.actor = actor.description
        self.payload =
            payload.isEmpty
            ? "{}"
            : JSONValue.object(
                JSONObject(payload.members.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
            ).text
        self.id = id
        self.account = account
        happenedAt = now
    }

    /// The same of another row.
    package func about(_ subject: Int64, customer: Int64?, id: Int64) -> NewEvent {
        var event = self
        (event.subject, event.customer, event.id) = (subject, customer, id)
        return event
    }
}
