package import Formats
package import Kernel

/// A person who was or may be asked. Holds no address: those are contact points.
package struct Customer: Noun, Equatable, Sendable {
    package static let idPrefix = "cus"
    package typealias ID = Identifier<Customer>

    package let id: ID
    package let account: Int64
    /// The caller's own key for this person.
    package var externalID: String?
    package var name: String?
    /// A language tag as it was given.
    package var language: String?
    /// Since when it is recorded that the person agreed to be asked.
    package internal(set) var consentedAt: Timestamp?
    package let createdAt: Timestamp
    package var updatedAt: Timestamp
}

extension DomainError {
    /// The ids and addresses given belong to more than one person.
    package static let customerAmbiguous = DomainError(.conflict, "customer-ambiguous")
}

/// What is known of one person, beside the row: where they are reached and what else was said of them.
package struct CustomerCard: Equatable, Sendable {
    package let customer: Customer
    package let email: String?
    package let phone: String?
    /// By name, in alphabetical order.
    package let attributes: [CustomerAttribute]
}

/// One thing that the account knows of a customer, `plan: gold`. Figures can be cut by it.
package struct CustomerAttribute: Hashable, Sendable {
    package static let nameLengths = 1...64
    package static let longestValue = 200
    package static let mostPerCustomer = 50

    package let name: String
    package let value: String

    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

/// Who is meant and what is said of them, checked.
package struct CustomerInput: Equatable, Sendable {
    package var externalID: String?
    package var email: EmailAddress?
    package var phone: PhoneNumber?
    package var name: String?
    package var language: String?
    /// Whether the person agreed to be asked; `nil` where nothing is said of it.
    package var consents: Bool?
    /// A value of `nil` takes the attribute away.
    package var attributes: [(name: String, value: String?)] = []

    package init() {}

    /// True when it says by which id or address the person is known.
    package var identifies: Bool { externalID != nil || email != nil || phone != nil }
    /// True when there is a person to keep, and not only what was true of one.
    package var names: Bool { identifies || name != nil }

    package static func == (left: Self, right: Self) -> Bool {
        left.externalID == right.externalID && left.email == right.email && left.phone == right.phone
            && left.name == right.name && left.language == right.language && left.consents == right.consents
            && left.attributes.elementsEqual(right.attributes, by: ==)
    }
}

/// Who says it: the account, whose word changes what is known, or somebody on an open page, whose word only
/// adds.
package enum CustomerWord: Sendable { case account, stranger }

extension Customer {
    /// Which of the people found is meant: the one known by external id, else by e-mail, else by phone.
    ///
    /// Throws where two are meant. An open page is no place to say so: there the first one found is taken.
    package static func meant(
        byExternalID: Customer?, byEmail: Customer?, byPhone: Customer?, input: CustomerInput,
        word: CustomerWord
    ) throws(DomainError) -> Customer? {
        let found = [byExternalID, byEmail, byPhone].compactMap(\.self)
        guard let first = found.first else { return nil }
        if word == .stranger { return first }
        guard found.allSatisfy({ $0.id == first.id }) else { throw .customerAmbiguous }
        if let given = input.externalID, let known = first.externalID, given != known {
            throw .customerAmbiguous
        }
        return first
    }

    /// Takes in what was said; the names of what changed. A stranger changes nothing that is known.
    mutating func hear(_ input: CustomerInput, word: CustomerWord, at now: Timestamp) -> [String] {
        var changed: [String] = []
        func take(_ new: String?, into old: inout String?, as field: String) {
            guard let new, new != old, old == nil || word == .account else { return }
            old = new
            changed.append(field)
        }
        take(input.externalID, into: &externalID, as: "external_id")
        take(input.name, into: &name, as: "name")
        take(input.language, into: &language, as: "language")
        if let consents = input.consents, word == .account, consents != (consentedAt != nil) {
            consentedAt = consents ? now : nil
            changed.append("consent")
        }
        return changed
    }
}

extension CustomerInput {
    /// What is said of somebody who is not named.
    package var plainAttributes: [CustomerAttribute] {
        Dictionary(attributes, uniquingKeysWith: { _, last in last })
            .compactMap { name, value in value.map { CustomerAttribute(name: name, value: $0) } }
            .sorted { $0.name < $1.name }
    }
}
