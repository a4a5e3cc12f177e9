import Formats
import Kernel
import Language
package import Ledger
import Web

/// Where an event's own page is; the contexts that own those pages know, `App` hands it over.
package typealias EventPlace = @Sendable (SealedEvent) -> String?

/// One customer: what is known, and everything that happened.
struct CustomerTimelinePage {
    let card: CustomerCard
    let events: Page<SealedEvent>
    let place: EventPlace
    let messages: Messages
    let now: Timestamp
    let mayErase: Bool
    /// True after a try to erase without saying so twice.
    var asksAgain = false

    var model: [String: Any] {
        let path = "/customers/\(card.customer.id)"
        return [
            "title": card.shownName(messages), "path": path, "facts": facts, "mayErase": mayErase,
            "asksAgain": asksAgain,
            "attributes": card.attributes.map { ["name": $0.name, "value": $0.value] },
            "hasAttributes": !card.attributes.isEmpty, "events": events.items.map(entry),
            "hasEvents": !events.items.isEmpty,
            "older": events.nextCursor.map { "\(path)?after=\($0)" as Any } ?? false,
        ]
    }

    private var facts: [[String: String]] {
        let customer = card.customer
        let given: [(String, String?)] = [
            (messages("word.email"), card.email), (messages("word.phone"), card.phone),
            (messages("customers.external-id"), customer.externalID),
            (
                messages("word.language"),
                customer.language.map { ReaderLanguage(rawValue: $0)?.ownName ?? $0 }
            ),
            (messages("customers.since"), messages.relative(customer.createdAt, now: now)),
        ]
        return given.compactMap { name, value in value.map { ["name": name, "value": $0] } }
    }

    private func entry(_ event: SealedEvent) -> [String: Any] {
        let key = "event.\(event.kind.rawValue)"
        return [
            "text": messages.has(key) ? messages(key) : event.kind.rawValue,
            "href": place(event).map { $0 as Any } ?? false, "at": event.happenedAt.rfc3339,
            "when": messages.relative(event.happenedAt, now: now),
            "by": messages("customers.by.\(maker(of: event))"),
        ]
    }

    private func maker(of event: SealedEvent) -> String {
        switch event.actor {
        case .customer: "customer"
        case .member, .operator: "member"
        case .token: "token"
        case .system: "system"
        case .import: "import"
        }
    }
}
