package import Customers
import Formats
package import Kernel
package import Ledger
import Web

/// Somebody whom a member of the team has left out by hand, of one wave or of all that a rule asks: never
/// without a reason, and counted in coverage.
package struct Exclusion: Noun, Equatable, Sendable {
    package static let idPrefix = "exc"
    package typealias ID = Identifier<Exclusion>

    /// Why: a closed list, so that it can be counted.
    package enum Reason: String, Sendable, CaseIterable {
        /// A complaint of theirs is being dealt with.
        case complaint
        /// Bereaved, ill or otherwise in a bad way.
        case hardship
        /// A dispute or a lawyer's advice.
        case legal
        /// The person was not the one who was served.
        case wrongPerson = "wrong_person"
        /// What, stands in the note.
        case other
    }

    /// Of what the person was left out.
    package enum Scope: Hashable, Sendable {
        case wave(Wave.ID)
        case rule(AskRule.ID)
    }

    package static let noteLengths = 1...200

    package let id: ID
    package let account: Int64
    package let survey: Survey.ID
    package let scope: Scope
    /// `nil` once the person is erased.
    package let customer: Customer.ID?
    package let reason: Reason
    package let note: String?
    package let excludedBy: Actor
    package let createdAt: Timestamp
    /// `nil` while it holds. One of a wave holds for good.
    package let liftedAt: Timestamp?
}

/// Who is left out and why, checked.
struct ExclusionInput {
    var customer = CustomerInput()
    var reason = Exclusion.Reason.other
    var note: String?

    /// Reads `{customer: {external_id?, email?, phone?}, reason, note?}`. Throws all that is wrong.
    init(_ body: JSONInput) throws(DomainError) {
        var body = body
        for key in ["customer", "reason"] { body.require(key) }
        if var nested = body.object("customer") {
            customer = CustomerInput(&nested)
            if !customer.identifies, nested.problems.isEmpty { nested.refuse("external_id", "missing") }
            body.take(nested.findings)
        }
        let given = body.choice("reason", Exclusion.Reason.self)
        note = body.text("note", Exclusion.noteLengths)
        if given == .other, note == nil, body.problems.isEmpty { body.refuse("note", "missing") }
        try body.finish()
        reason = given ?? .other
    }
}

extension DomainError {
    /// It has left, was withdrawn, or the wave never asked the person.
    package static let invitationNotPlanned = DomainError(.conflict, "invitation-not-planned")
}
