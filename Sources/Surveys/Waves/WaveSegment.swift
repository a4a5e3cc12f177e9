package import Customers
package import Database
import Formats
package import Kernel
import Web

/// Customers meant by what is known of them: everybody of whom each condition holds.
package struct WaveSegment: Equatable, Sendable {
    /// None means everybody.
    package let conditions: [AskCondition]

    /// Reads `where` of a body, as an ask rule has it. Attributes alone are looked at, so a count of events
    /// is refused.
    init(_ body: inout JSONInput) {
        conditions = AskCondition.read(&body)
        if conditions.contains(where: { $0.name == AskCondition.count }) { body.refuse("where", "reserved") }
    }

    /// One condition a line, as the form of an ask rule has them. Throws `not-a-condition` at `field`.
    package init(lines text: String, field: String) throws(DomainError) {
        var body = try JSONInput(.object(["where": .object(AskRuleForm.conditions(text))]), path: "")
        self.init(&body)
        do {
            try body.finish()
        } catch {
            throw DomainError.invalid(field, "not-a-condition")
        }
    }

    /// Whom it means, oldest first. Throws `nobody` where that is nobody and `too-many` where it is more than
    /// `most`. Walks through all customers of the account: call it outside of what holds up answers.
    package func people(
        account: Int64, most: Int = .max, in tx: any Connection
    ) throws -> [Customer.ID] {
        var (found, last): ([Customer.ID], Customer.ID?) = ([], nil)
        while true {
            let some = try Customer.ids(after: last, account: account, limit: Self.batch, in: tx)
            let known = try CustomerAttribute.all(of: some, account: account, in: tx)
            found += some.filter { holds(of: known[$0] ?? []) }
            if found.count > most {
                throw DomainError.invalid("/where", "too-many", ["max": String(most)])
            }
            last = some.last
            if some.count < Self.batch { break }
        }
        if found.isEmpty { throw DomainError.invalid("/where", "nobody") }
        return found
    }

    private static let batch = 1000

    private func holds(of attributes: [CustomerAttribute]) -> Bool {
        conditions.allSatisfy { condition in
            condition.holds(of: attributes.first { $0.name == condition.name }?.value)
        }
    }
}
