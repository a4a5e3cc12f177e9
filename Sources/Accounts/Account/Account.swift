package import Formats
package import Kernel
package import Language
package import Web

/// One company that uses the product, its data apart from every other's.
package struct Account: Noun, Equatable, Sendable {
    package static let idPrefix = "acc"
    package typealias ID = Identifier<Account>

    package let id: ID
    package var name: String
    /// As in the IANA database: `Europe/Warsaw`.
    package var timeZone: String
    /// What its mails and files speak where nobody has chosen.
    package var language: ReaderLanguage
    /// On its customers' pages; `nil` for the product's own.
    package var colour: BrandColour?
    /// Offered to customers who are content.
    package var website: WebAddress?
    /// How long nobody is asked again, over all surveys and channels; 0 for no such rule.
    package var quietDays = Account.usualQuietDays
    /// The share of its customers who are never asked, so that what asking does can be told.
    package var heldOutPercent = 0
    /// Asks only customers whose consent is recorded.
    package var asksConsentFirst = false
    package let createdAt: Timestamp

    package static let usualQuietDays = 90
    package static let quietDaysRange = 0...3650

    /// Its days, weeks and months are cut here. A zone that this machine does not know counts as UTC.
    package var zone: Zone { Zone(named: timeZone) ?? .utc }

    /// What its customers' pages show of it.
    package var sender: Sender { Sender(name: name, colour: colour, website: website) }

    /// The names of the fields that differ, for the event that tells of a change.
    func changes(from before: Account) -> [String] {
        [
            name == before.name ? nil : "name", timeZone == before.timeZone ? nil : "time_zone",
            language == before.language ? nil : "language", colour == before.colour ? nil : "colour",
            website == before.website ? nil : "website",
            quietDays == before.quietDays ? nil : "quiet_days",
            heldOutPercent == before.heldOutPercent ? nil : "held_out_percent",
            asksConsentFirst == before.asksConsentFirst ? nil : "consent_first",
        ].compactMap(\.self)
    }
}
