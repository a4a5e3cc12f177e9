package import Kernel

/// The people whom some inputs may mean, and what the inputs make of them one after the other. All is found
/// out first and written at the end, together, so that a thousand cost few more questions than one.
package struct CustomerBook: Sendable {
    let account: Int64
    let world: World
    let now: Timestamp
    private(set) var people: [Customer.ID: KnownCustomer]
    private var byExternalID: [String: Customer.ID]
    private var byContact: [ContactPoint: Customer.ID]
    /// In the order in which they were heard.
    private(set) var changes: [CustomerChange] = []
    private(set) var newcomers: [Customer.ID] = []

    init(
        account: Int64, world: World, at now: Timestamp, known: [KnownCustomer],
        byExternalID: [String: Customer.ID], byContact: [ContactPoint: Customer.ID]
    ) {
        self.account = account
        self.world = world
        self.now = now
        self.byExternalID = byExternalID
        self.byContact = byContact
        people = Dictionary(known.map { ($0.customer.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    package func knows(_ id: Customer.ID) -> Bool { people[id] != nil }

    mutating func add(_ known: [KnownCustomer]) {
        for one in known { people[one.customer.id] = one }
    }

    /// What an input makes of whom it means, or of somebody new. Throws where two people are meant; then
    /// nothing is taken in.
    package mutating func hear(
        _ input: CustomerInput, from word: CustomerWord
    ) throws(DomainError) -> CustomerChange {
        func person(_ id: Customer.ID?) -> Customer? { id.flatMap { people[$0]?.customer } }
        let meant = try Customer.meant(
            byExternalID: person(input.externalID.flatMap { byExternalID[$0] }),
            byEmail: person(input.contact(.email).flatMap { byContact[$0] }),
            byPhone: person(input.contact(.phone).flatMap { byContact[$0] }), input: input, word: word)
        return try hear(input, from: word, about: meant?.id)
    }

    /// The same about somebody who stands in the book; `nil` for somebody new.
    package mutating func hear(
        _ input: CustomerInput, from word: CustomerWord, about id: Customer.ID?
    ) throws(DomainError) -> CustomerChange {
        let known = id.flatMap { people[$0] }
        let fresh = Customer(
            id: known?.customer.id ?? world.id(), account: account, externalID: nil, name: nil, language: nil,
            createdAt: now, updatedAt: now)
        let change = try CustomerChange(hearing: input, from: word, known: known, fresh: fresh, at: now)
        if !change.isNothing { take(change, over: known) }
        return change
    }

    private mutating func take(_ change: CustomerChange, over known: KnownCustomer?) {
        let customer = change.customer
        changes.append(change)
        if change.isNew { newcomers.append(customer.id) }
        if let old = known?.customer.externalID, old != customer.externalID { byExternalID[old] = nil }
        if let externalID = customer.externalID { byExternalID[externalID] = customer.id }
        var contacts = known?.contacts ?? []
        let suppressed = known?.suppressed ?? []
        for point in change.newContacts {
            for old in contacts where old.kind == point.kind && !suppressed.contains(old) {
                byContact[old] = nil
            }
            contacts.removeAll { $0.kind == point.kind && !suppressed.contains($0) }
            // One address has one owner, the first.
            if byContact[point] == nil || byContact[point] == customer.id {
                contacts.insert(point, at: 0)
                byContact[point] = customer.id
            }
        }
        people[customer.id] = KnownCustomer(
            customer: customer, contacts: contacts, attributes: change.attributes, suppressed: suppressed)
    }
}

extension CustomerInput {
    func contact(_ kind: ContactPoint.Kind) -> ContactPoint? { contacts.first { $0.kind == kind } }
}
