package import Accounts
package import Formats
package import Kernel
import Web

/// A list that somebody comes back to: what it is narrowed by, under a name. Its keeper may share it with the
/// account.
package struct SavedView: Noun, Equatable, Sendable {
    package static let idPrefix = "rvw"
    package typealias ID = Identifier<SavedView>

    package static let longestName = 60
    /// Of one member.
    package static let most = 30
    static let longestQuery = 1000
    /// What a list can be narrowed by; anything else in an address is not kept.
    static let fields: Set = [
        "state", "q", "survey", "band", "touchpoint", "channel", "from", "to", "comment", "owner", "tag",
    ]

    package let id: ID
    package let account: Int64
    package let member: Member.ID
    package let name: String
    /// As the address of the list has it.
    package let query: FormFields
    package let isShared: Bool
    package let createdAt: Timestamp

    package var address: String { query.fields.isEmpty ? "/responses" : "/responses?" + query.encoded() }

    /// What of an address's query a view keeps, in the order of the names.
    static func kept(_ query: FormFields) -> FormFields {
        FormFields(
            query.fields.filter { fields.contains($0.name) && !$0.value.trimmed.isEmpty }
                .sorted { ($0.name, $0.value) < ($1.name, $1.value) }.map { ($0.name, $0.value) })
    }

    /// Whether what somebody searched for names a person.
    func names(_ words: [String]) -> Bool {
        let text = query.fields.map { $0.value.lowercased() }.joined(separator: "\n")
        return words.contains { text.contains($0.lowercased()) }
    }
}
