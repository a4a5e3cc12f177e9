package import Formats
package import Kernel
package import Web

/// Something that happened to a customer elsewhere: an order, a visit, an upgrade. The account tells of it;
/// rules may ask about it.
package struct CustomerEvent: Noun, Equatable, Sendable {
    package static let idPrefix = "cev"
    package typealias ID = Identifier<CustomerEvent>

    package static let nameLengths = 1...100
    /// What rules know the product's own events by, and the calendar: nobody else tells of these.
    package static let reservedNames: Set = [
        "schedule", "case.opened", "case.assigned", "case.contacted", "case.resolved", "case.verified",
        "case.reopened", "case.escalated", "case.closed",
    ]
    package static let mostProperties = 50
    /// Of all properties together, as they are written.
    package static let longestProperties = 16_384
    /// A clock may be so much ahead of ours.
    static let clockSkew = Duration.seconds(300)

    package let id: ID
    package let account: Int64
    package let customer: Customer.ID
    /// The account's own word for it.
    package let name: String
    package let properties: JSONObject
    package let occurredAt: Timestamp
    package let recordedAt: Timestamp
}

/// What is told of an event, checked.
package struct CustomerEventInput: Equatable, Sendable {
    package var name: String
    package var customer: CustomerInput
    package var occurredAt: Timestamp?
    package var properties: JSONObject

    /// Reads `{event, customer, occurred_at?, properties?}`. Throws all that is wrong.
    package init(_ body: JSONInput, at now: Timestamp) throws(DomainError) {
        var body = body
        name = body.requiredText("event", CustomerEvent.nameLengths)
        if CustomerEvent.reservedNames.contains(name) { body.refuse("event", "reserved") }
        var customer = CustomerInput()
        body.require("customer")
        if var nested = body.object("customer") {
            customer = CustomerInput(&nested)
            if !customer.identifies, nested.problems.isEmpty { nested.refuse("external_id", "missing") }
            body.take(nested.findings)
        }
        self.customer = customer
        occurredAt = body.time("occurred_at")
        if let occurredAt, occurredAt > now + CustomerEvent.clockSkew {
            body.refuse("occurred_at", "in-the-future")
        }
        properties = Self.properties(&body)
        try body.finish()
    }

    private static func properties(_ body: inout JSONInput) -> JSONObject {
        guard let value = body.value("properties") else { return [:] }
        guard let object = value.object else {
            body.refuse("properties", "wrong-type", ["expected": "object"])
            return [:]
        }
        if object.count > CustomerEvent.mostProperties {
            body.refuse("properties", "too-many", ["max": String(CustomerEvent.mostProperties)])
        } else if value.text.utf8.count > CustomerEvent.longestProperties {
            body.refuse("properties", "too-long", ["max": String(CustomerEvent.longestProperties)])
        }
        return object
    }
}
