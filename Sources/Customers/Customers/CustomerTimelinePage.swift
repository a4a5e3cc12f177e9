import Accounts
package import Database
import Formats
import Kernel
package import Language
package import Ledger
import Web

/// Where an event's own page is; the contexts that own those pages know, `App` hands it over.
package typealias EventPlace = @Sendable (SealedEvent) -> String?

/// What an event tells beyond its kind.
package struct EventDetail: Sendable {
    package let text: String
    /// The customer's own words.
    package let words: String?
    /// The band of a score, as its badge names it, and the badge's text.
    package let band: String?
    package let badge: String?

    package init(text: String, words: String? = nil, band: String? = nil, badge: String? = nil) {
        self.text = text
        self.words = words
        self.band = band
        self.badge = badge
    }
}

/// Details by the events' ids, of those that have any; the contexts that own the things know, `App` hands it
/// over.
package typealias EventDetails =
    @Sendable (_ events: [SealedEvent], _ account: Int64, _ messages: Messages, _ tx: any Connection) throws
    -> [Int64: EventDetail]

/// One customer: what is known, and everything that happened.
struct CustomerTimelinePage {
    let card: CustomerCard
    let restrictedSince: Timestamp?
    let events: Page<SealedEvent>
    let details: [Int64: EventDetail]
    let zone: Zone
    let place: EventPlace
    let messages: Messages
    let now: Timestamp
    let mayErase: Bool
    let mayRestrict: Bool
    /// True after a try to erase without saying so twice.
    var asksAgain = false

    var model: [String: Any] {
        let path = "/customers/\(card.customer.id)"
        return [
            "title": card.shownName(messages), "path": path, "facts": facts, "mayErase": mayErase,
            "asksAgain": asksAgain, "last": last, "mayRestrict": mayRestrict,
            "restricted": restrictedSince.map {
                [messages("customers.restricted", ["when": .string(messages.relative($0, now: now))])]
            } ?? [],
            "isRestricted": restrictedSince != nil, "hasConsented": card.customer.consentedAt != nil,
            "attributes": card.attributes.map {
                ["name": messages.attribute($0.name), "value": $0.value]
            },
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
            (
                messages("policy.consent"),
                customer.consentedAt.map {
                    messages("policy.consent.recorded", ["when": .string(messages.relative($0, now: now))])
                } ?? messages("policy.consent.none")
            ),
        ]
        return given.compactMap { name, value in value.map { ["name": name, "value": $0] } }
    }

    /// The last score that is known here, with how long ago it was given.
    private var last: [[String: Any]] {
        let scored = events.items.first { details[$0.id]?.badge != nil }
        guard let scored, let detail = details[scored.id] else { return [] }
        let when = messages.relative(scored.happenedAt, now: now)
        return [
            [
                "band": detail.band ?? "", "badge": detail.badge ?? "",
                "text": messages("customers.last-answer", ["when": .string(when)]),
            ]
        ]
    }

    private func entry(_ event: SealedEvent) -> [String: Any] {
        let key = "event.\(event.kind.rawValue)", detail = details[event.id]
        let plain = messages.has(key) ? messages(key) : event.kind.rawValue
        return [
            "text": detail?.text ?? plain, "words": detail?.words.map { [$0] } ?? [],
            "kind": kind(of: event, detail) ?? false,
            "href": place(event).map { $0 as Any } ?? false, "at": event.happenedAt.rfc3339,
            "when": messages.dateTime(
                event.happenedAt, offsetSeconds: zone.offsetSeconds(at: event.happenedAt)),
            "by": maker(of: event).map { messages("customers.by.\($0)") as Any } ?? false,
        ]
    }

    /// How its mark on the line looks.
    private func kind(of event: SealedEvent, _ detail: EventDetail?) -> String? {
        if let band = detail?.band { return band }
        return ["case.escalated", "case.reopened"].contains(event.kind.rawValue) ? "problem" : nil
    }

    /// What happens by rule has nobody to name.
    private func maker(of event: SealedEvent) -> String? {
        switch event.actor {
        case .customer: "customer"
        case .member, .operator: "member"
        case .token: "token"
        case .system: nil
        case .import: "import"
        }
    }
}
