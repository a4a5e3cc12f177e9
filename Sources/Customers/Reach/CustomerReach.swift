/// Where one person is reached by one kind of address, and what speaks against it.
package struct CustomerReach: Equatable, Sendable {
    package enum Kind: String, Sendable { case email, phone }

    package struct Point: Equatable, Sendable {
        package let id: Int64
        /// Normalised.
        package let value: String
        /// Why it is not written to; `nil` where it may be.
        package let suppressedBecause: String?
    }

    /// The person said so. It holds for the person, whatever address comes later.
    package static let unsubscribed = "unsubscribed"
    /// The address does not take mail.
    package static let bounced = "bounced"

    package let customer: Customer
    /// The person has asked that nothing be done with what is known of them.
    package let isRestricted: Bool
    /// Newest first.
    package let points: [Point]

    package init(customer: Customer, isRestricted: Bool, points: [Point]) {
        self.customer = customer
        self.isRestricted = isRestricted
        self.points = points
    }

    package var hasLeft: Bool { points.contains { $0.suppressedBecause == Self.unsubscribed } }
    /// The newest that may be written to.
    package var openPoint: Point? { points.first { $0.suppressedBecause == nil } }
}
