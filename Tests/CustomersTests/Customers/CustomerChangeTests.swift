@testable import Customers
import Formats
import Kernel
import Testing

private let noon = Timestamp(rfc3339: "2026-11-23T12:00:00Z")!
private let later = Timestamp(rfc3339: "2026-11-24T12:00:00Z")!

private func customer(_ number: Int64, externalID: String? = nil, name: String? = nil) -> Customer {
    Customer(
        id: Identifier(number), account: 1, externalID: externalID, name: name, language: nil,
        createdAt: noon,
        updatedAt: noon)
}

private func input(_ change: (inout CustomerInput) -> Void) -> CustomerInput {
    var input = CustomerInput()
    change(&input)
    return input
}

private func hearing(
    _ input: CustomerInput, from word: CustomerWord, known: KnownCustomer?
) throws -> CustomerChange {
    try CustomerChange(hearing: input, from: word, known: known, fresh: customer(9), at: later)
}

@Suite struct CustomerChangeTests {
    private let ann = KnownCustomer(
        customer: customer(1, externalID: "k-1", name: "Ann"),
        contacts: [ContactPoint(kind: .email, value: "ann@example.com")],
        attributes: [CustomerAttribute(name: "plan", value: "gold")])

    @Test func `the account's word changes what is known`() throws {
        let said = input {
            $0.name = "Anna"
            $0.email = EmailAddress("new@example.com")
            $0.attributes = [("plan", nil), ("city", "Łódź")]
        }
        let change = try hearing(said, from: .account, known: ann)
        #expect(change.customer.name == "Anna")
        #expect(change.customer.updatedAt == later)
        #expect(change.changedFields == ["name", "email", "attributes"])
        #expect(change.attributes == [CustomerAttribute(name: "city", value: "Łódź")])
    }

    @Test func `a stranger's word only adds`() throws {
        let said = input {
            $0.name = "Eve"
            $0.email = EmailAddress("eve@example.com")
            $0.phone = PhoneNumber("+48600100200")
            $0.attributes = [("plan", "free")]
        }
        let change = try hearing(said, from: .stranger, known: ann)
        #expect(change.customer.name == "Ann")
        #expect(change.changedFields == ["phone"])
        #expect(change.attributes == ann.attributes)
    }

    @Test func `saying what is known changes nothing`() throws {
        let said = input {
            $0.externalID = "k-1"
            $0.email = EmailAddress("ANN@example.com")
            $0.attributes = [("plan", "gold")]
        }
        let change = try hearing(said, from: .account, known: ann)
        #expect(change.isNothing)
        #expect(change.customer == ann.customer)
    }

    @Test func `an id other than the known one means somebody else`() {
        let said = input { $0.externalID = "k-2" }
        #expect(throws: DomainError.customerAmbiguous) {
            try Customer.meant(
                byExternalID: nil, byEmail: customer(1, externalID: "k-1"), byPhone: nil, input: said,
                word: .account)
        }
    }

    @Test func `an id for somebody known by an address alone is theirs from now on`() throws {
        let said = input { $0.externalID = "k-2" }
        let meant = try Customer.meant(
            byExternalID: nil, byEmail: customer(1), byPhone: nil, input: said, word: .account)
        #expect(meant?.id == Identifier(1))
    }

    @Test func `on an open page the first one found is meant`() throws {
        let meant = try Customer.meant(
            byExternalID: nil, byEmail: customer(1), byPhone: customer(2), input: CustomerInput(),
            word: .stranger)
        #expect(meant?.id == Identifier(1))
    }

    @Test(arguments: ["en", "pl", "zh-Hant", "zh-Hant-TW", "sl-rozaj-biske", "de-1996"])
    func `a language tag is taken`(tag: String) { #expect(CustomerInput.isLanguageTag(tag)) }

    @Test(arguments: ["", "e", "polish!", "en_US", "en-", "-en", "1en", "abcdefghi"])
    func `what is no language tag is refused`(tag: String) { #expect(!CustomerInput.isLanguageTag(tag)) }
}
