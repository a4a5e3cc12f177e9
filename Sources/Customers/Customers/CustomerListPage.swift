package import Database
import Formats
import Kernel
package import Language
import Web

/// The score that a customer gave last, as a list shows it.
package struct LastScore: Sendable {
    package let band: String
    package let bandWord: String
    package let score: String

    package init(band: String, bandWord: String, score: String) {
        self.band = band
        self.bandWord = bandWord
        self.score = score
    }
}

/// The last scores of those customers that gave any; `Surveys` knows, `App` hands it over.
package typealias LastScores =
    @Sendable (_ customers: [Customer.ID], _ account: Int64, _ messages: Messages, _ tx: any Connection)
    throws
    -> [Customer.ID: LastScore]

/// Customers, newest first, and the ones that a search found.
struct CustomerListPage {
    let page: Page<CustomerCard>
    let scores: [Customer.ID: LastScore]
    /// As it was typed.
    let query: String
    let isFirst: Bool
    let messages: Messages
    let now: Timestamp

    var model: [String: Any] {
        var model: [String: Any] = [
            "title": messages("customers.title"), "query": query, "hasRows": !page.items.isEmpty,
            "rows": page.items.map(row),
        ]
        if page.items.isEmpty {
            let key = query.isEmpty ? "customers.none" : "customers.not-found"
            model["empty"] =
                [
                    "icon": "customers", "heading": messages("\(key).heading"),
                    "text": messages("\(key).text"),
                    "action": false,
                ] as [String: Any]
        }
        if page.nextCursor != nil || !isFirst { model["pagination"] = pagination }
        return model
    }

    private var pagination: [String: Any] {
        let search = query.isEmpty ? FormFields() : FormFields([("q", query)])
        var next = search
        next.append("after", page.nextCursor ?? "")
        return [
            "summary": "", "first": isFirst ? false : "/customers?\(search.encoded())" as Any,
            "previous": false,
            "next": page.nextCursor == nil ? false : "/customers?\(next.encoded())" as Any,
        ]
    }

    private func row(_ card: CustomerCard) -> [String: Any] {
        let known = [card.email, card.phone].compactMap(\.self)
        let score = scores[card.customer.id]
        return [
            "href": "/customers/\(card.customer.id)", "name": card.shownName(messages),
            "score": score.map { ["band": $0.band, "word": $0.bandWord, "score": $0.score] as Any } ?? false,
            "known": known.joined(separator: " · "), "id": card.customer.externalID ?? "",
            "at": card.customer.createdAt.rfc3339,
            "when": messages.relative(card.customer.createdAt, now: now),
        ]
    }
}

extension CustomerCard {
    /// What a person is called on a page: the name, else what they are known by.
    package func shownName(_ messages: Messages) -> String {
        customer.name ?? customer.externalID ?? email ?? phone ?? messages("customers.nameless")
    }
}
