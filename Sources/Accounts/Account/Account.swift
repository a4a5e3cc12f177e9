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
    package let createdAt: Timestamp

    /// Its days, weeks and months are cut here. A zone that this machine does not know counts as UTC.
    package var zone: Zone { Zone(named: timeZone) ?? .utc }

    /// What its customers' pages show of it.
    package var sender: Sender { Sender(name: name, colour: colour) }

    /// The names of the fields that differ, for the event that tells of a change.
    func changes(from before: Account) -> [String] {
        [
            name == before.name ? nil : "name", timeZone == before.timeZone ? nil : "time_zone",
            language == before.language ? nil : "language", colour == before.colour ? nil : "colour",
        ].compactMap(\.self)
    }
}
