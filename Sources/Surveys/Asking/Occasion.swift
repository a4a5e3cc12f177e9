import Customers
import Formats
import Kernel
import Web

/// Something about which a rule may ask somebody: an event, or that a customer's turn has come.
struct Occasion: Equatable, Sendable {
    /// What it is known by, so that a rule decides once: a ledger event, or a customer in a period.
    struct Key: Hashable, Sendable {
        var period: Int64 = 0
        let number: Int64
    }

    let key: Key
    let customer: Customer.ID
    let event: String
    let properties: JSONObject
    let occurredAt: Timestamp
    let heardAt: Timestamp
    /// Which one of its kind it is for the customer; 0 where no rule asks.
    var ordinal = 0

    /// Who served the customer, where the event says so.
    var agent: String? {
        properties["agent"].flatMap(AskCondition.text).map(\.trimmed).flatMap { text in
            ResponseDraft.labelLengths.contains(text.count) ? text : nil
        }
    }

    /// What a condition is held against: a property of the event, else an attribute of the customer. Of a
    /// property that is a list, as tags are, each entry.
    func values(_ name: String, _ attributes: [CustomerAttribute]) -> [String] {
        if name == AskCondition.count { return [String(ordinal)] }
        let told = properties[name].map { $0.array ?? [$0] } ?? []
        let texts = told.compactMap(AskCondition.text)
        return texts.isEmpty ? attributes.filter { $0.name == name }.map(\.value) : texts
    }
}

extension AskRule {
    /// Whether what the rule wants holds.
    func holds(of occasion: Occasion, _ attributes: [CustomerAttribute]) -> Bool {
        definition.conditions.allSatisfy { condition in
            occasion.values(condition.name, attributes).contains { condition.holds(of: $0) }
        }
    }
}
