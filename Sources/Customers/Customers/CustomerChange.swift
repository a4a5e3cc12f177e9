import Kernel
import Formats

/// What an input makes of a person: found out and checked first, written after, so that a refusal leaves no
/// trace in a transaction that others share.
package struct CustomerChange: Equatable, Sendable {
    package let customer: Customer
    package let isNew: Bool
    /// Names of what is new or other than before, never the values.
    package let changedFields: [String]
    /// A contact point to add in place of those of its kind.
    let newContacts: [ContactPoint]
    let newAttributes: [CustomerAttribute]
    let removedAttributes: [String]
    /// What holds after the change, by name.
    package let attributes: [CustomerAttribute]

    package var isNothing: Bool { !isNew && changedFields.isEmpty }
}

/// A way to reach a person.
struct ContactPoint: Hashable, Sendable {
    enum Kind: String, Sendable { case email, phone }
    let kind: Kind
    /// Normalised, so that one mailbox is found however it was written.
    let value: String
}

extension CustomerInput {
    var contacts: [ContactPoint] {
        let email = email.map { ContactPoint(kind: .email, value: $0.normalised) }
        let phone = phone.map { ContactPoint(kind: .phone, value: $0.description) }
        return [email, phone].compactMap(\.self)
    }
}

extension CustomerChange {
    /// - Parameters:
    ///   - known: the person meant with contact points and attributes, `nil` for a new one.
    ///   - fresh: the row to begin with for a new one.
    init(
        hearing input: CustomerInput, from word: CustomerWord, known: KnownCustomer?, fresh: Customer,
        at now: Timestamp
    ) throws(DomainError) {
        var customer = known?.customer ?? fresh
        var changed = customer.hear(input, word: word, at: now)
        let contacts = input.contacts.filter { point in
            guard let old = known?.contacts else { return true }
            return !old.contains(point) && (word == .account || !old.contains { $0.kind == point.kind })
        }
        changed += contacts.map(\.kind.rawValue)

        var attributes = Dictionary(
            (known?.attributes ?? []).map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        let before = attributes
        for (name, value) in input.attributes where word == .account || before[name] == nil {
            attributes[name] = value
        }
        newAttributes = attributes.filter { before[$0.key] != $0.value }
            .map { CustomerAttribute(name: $0.key, value: $0.value) }.sorted { $0.name < $1.name }
        removedAttributes = before.keys.filter { attributes[$0] == nil }.sorted()
        if !newAttributes.isEmpty || !removedAttributes.isEmpty { changed.append("attributes") }
        guard attributes.count <= CustomerAttribute.mostPerCustomer else {
            throw .invalid("/attributes", "too-many", ["max": String(CustomerAttribute.mostPerCustomer)])
        }
        if known != nil, !changed.isEmpty { customer.updatedAt = now }
        self.customer = customer
        isNew = known == nil
        changedFields = changed
        newContacts = contacts
        self.attributes = attributes.map { CustomerAttribute(name: $0.key, value: $0.value) }
            .sorted { $0.name < $1.name }
    }
}

/// A person as the tables know them.
struct KnownCustomer: Sendable {
    let customer: Customer
    /// Newest first.
    let contacts: [ContactPoint]
    let attributes: [CustomerAttribute]
    /// Those of the contacts that must not be written to: they are remembered.
    var suppressed: Set<ContactPoint> = []
}
