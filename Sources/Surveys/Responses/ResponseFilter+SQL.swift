package import Customers
package import Database
package import Kernel
import Formats
import Language

/// Which answers a list shows. Everything given must hold.
package struct ResponseFilter: Equatable, Sendable {
    package var survey: Survey.ID?
    package var customer: Customer.ID?
    package var bands: [Band] = []
    package var touchpoint: String?
    package var channel: String?
    package var agent: String?
    package var language: String?
    /// `from` included, `to` not.
    package var from: Timestamp?
    package var to: Timestamp?
    package var hasComment = false
    package var state: ResponseState?
    package var owner: ResponseOwner?
    package var tag: ResponseTag.Name?
    /// As somebody typed it: every word must stand in comment or answers.
    package var query: String?

    package init() {}
}

/// Where a list goes on: after the answer of this time and id.
package struct ResponsePlace: Equatable, Sendable, LosslessStringConvertible {
    let occurredAt: Timestamp
    let id: SurveyResponse.ID

    init(occurredAt: Timestamp, id: SurveyResponse.ID) {
        self.occurredAt = occurredAt
        self.id = id
    }

    package init(_ response: SurveyResponse) {
        occurredAt = response.occurredAt
        id = response.id
    }

    package init?(_ text: String) {
        guard let bytes = Base64URL.decode(text) else { return nil }
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: " ")
        guard parts.count == 2, let time = Int64(parts[0]), let id = SurveyResponse.ID(String(parts[1]))
        else {
            return nil
        }
        occurredAt = Timestamp(milliseconds: time)
        self.id = id
    }

    package var description: String { Base64URL.encode("\(occurredAt.milliseconds) \(id)".utf8) }
}

extension SurveyResponse {
    /// Newest first, by the time at which they were given.
    package static func list(
        _ filter: ResponseFilter, account: Int64, after place: ResponsePlace? = nil, limit: Int,
        in tx: any Connection
    ) throws -> [SurveyResponse] {
        var conditions = filter.conditions(account)
        if let place {
            conditions.append("(s.occurred_at, s.response_id) < (\(place.occurredAt), \(place.id))")
        }
        return try tx.run(
            """
            SELECT \(columns) FROM \(tables) WHERE s.account_id = \(account) AND \(conditions.joined(" AND "))
            ORDER BY s.occurred_at DESC, s.response_id DESC LIMIT \(limit)
            """
        ).map(SurveyResponse.init)
    }
}

extension ResponseFilter {
    /// Over `SurveyResponse.tables`.
    func conditions(_ account: Int64) -> [SQL] {
        var conditions: [SQL] = ["r.account_id = \(account)"]
        if let survey { conditions.append("s.survey_id = \(survey)") }
        if let customer { conditions.append("r.customer_id = \(customer)") }
        if !bands.isEmpty { conditions.append("s.band IN \(list: bands)") }
        if let touchpoint { conditions.append("r.touchpoint = \(touchpoint)") }
        if let channel { conditions.append("r.channel = \(channel)") }
        if let agent { conditions.append("r.agent = \(agent)") }
        if let language { conditions.append("r.language = \(language)") }
        if let from { conditions.append("s.occurred_at >= \(from)") }
        if let to { conditions.append("s.occurred_at < \(to)") }
        if hasComment { conditions.append("r.comment IS NOT NULL") }
        if let state { conditions.append(state.condition(account)) }
        if let owner { conditions.append(owner.condition(account)) }
        if let tag { conditions.append(ResponseTag.condition(named: tag, account: account)) }
        if let query {
            let match = SQL.fullTextMatch("response_search", words: SearchWords.asked(query))
            conditions.append(
                """
                s.response_id IN (
                  SELECT rowid FROM response_search WHERE account_id = \(account) AND \(match))
                """
            )
        }
        return conditions
    }
}
