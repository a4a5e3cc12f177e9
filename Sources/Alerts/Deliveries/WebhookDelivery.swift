import Formats
package import Kernel
package import Ledger

/// One message to one webhook.
package struct WebhookDelivery: Noun, Equatable, Sendable {
    package static let idPrefix = "dlv"
    package typealias ID = Identifier<WebhookDelivery>

    package enum State: String, Sendable, CaseIterable {
        case pending, delivered
        /// Given up: only somebody who replays it sends it again.
        case failed
    }

    package let id: ID
    package let account: Int64
    package let webhook: Webhook.ID
    package let event: Int64
    /// Of the sealed event; a test has none.
    let position: Int?
    package let kind: EventKind
    package var state: State
    package var attempts: Int
    package var nextAt: Timestamp
    package let lastTry: DeliveryTry?
    package let lastTriedAt: Timestamp?
    package let createdAt: Timestamp

    /// The same for every try and every replay: by it a receiver knows what it has had.
    package var messageID: String { "evt_\(event)" }

    /// The first try is made at once, the others so long after the one before (Standard Webhooks 1.0.0).
    static let pauses: [Duration] = [
        .seconds(5), .seconds(300), .seconds(1800), .seconds(2 * 3600), .seconds(5 * 3600),
        .seconds(10 * 3600), .seconds(14 * 3600), .seconds(20 * 3600), .seconds(24 * 3600),
    ]
    static let kept = Duration.seconds(30 * 86_400)

    /// When to try again after `attempts` in all, `nil` for never; with 20 % of chance, so that many do not
    /// come back together.
    static func next(after attempts: Int, chance: UInt8, at now: Timestamp) -> Timestamp? {
        guard attempts <= pauses.count else { return nil }
        return now + pauses[max(attempts, 1) - 1] * (0.8 + 0.4 * Double(chance) / 255)
    }

    /// What is said: `event` is the one at `position`.
    func body(_ event: SealedEvent?) -> [UInt8]? {
        if let event { return EventMessage(event: event).json.encoded() }
        guard kind == Webhook.test else { return nil }
        return JSONValue.object([
            "type": .string(kind.rawValue), "timestamp": .string(createdAt.rfc3339),
            "data": ["id": .string(messageID), "webhook": .string(webhook.description)],
        ]).encoded()
    }
}
