import Accounts
package import Customers
package import Database
import Formats
import Kernel
package import Language
package import Ledger

/// One reply as its page shows it.
struct ReplyPage {
    let reply: Reply
    let customer: CustomerCard
    let survey: Survey?
    let zone: Zone
    let messages: Messages

    var model: [String: Any] {
        [
            "title": customer.shownName(messages), "customer": "/customers/\(reply.customer)",
            "what": what, "said": reply.said, "original": reply.original,
            "isUnproven": !reply.isProven, "facts": facts,
            "response": AnswerPage.shown(reply.response.map { "/responses/\($0)" }),
            "survey": AnswerPage.shown(survey?.name),
            "surveyPath": "/surveys/\(reply.survey?.description ?? "")",
        ]
    }

    private var when: String {
        messages.dateTime(reply.receivedAt, offsetSeconds: zone.offsetSeconds(at: reply.receivedAt))
    }

    private var what: String {
        guard let survey else { return messages("replies.what", ["when": .string(when)]) }
        return messages("replies.what.survey", ["when": .string(when), "survey": .string(survey.name)])
    }

    private var facts: [[String: String]] {
        let given = [("replies.sender", reply.sender), ("replies.subject", reply.subject)]
        return given.compactMap { key, value in
            value.flatMap { $0.isEmpty ? nil : ["name": messages(key), "value": $0] }
        }
    }
}

extension Reply {
    /// What was written, for each event that tells of a reply.
    @Sendable package static func details(
        of events: [SealedEvent], _ account: Int64, _ messages: Messages, _ tx: any Connection
    ) throws -> [Int64: EventDetail] {
        let told = events.filter { $0.kind == .replyReceived }
        let replies = try find(told.map { ID($0.subject) }, account: account, in: tx)
        let names = try Survey.names(of: Set(replies.compactMap(\.survey)), account: account, in: tx)
        var details: [Int64: EventDetail] = [:]
        for event in told {
            guard let reply = replies.first(where: { $0.id.number == event.subject }) else { continue }
            let name = reply.survey.flatMap { names[$0] }
            let key = "event.reply.received"
            let text = name.map { messages(key + ".what", ["survey": .string($0)]) } ?? messages(key)
            details[event.id] = EventDetail(text: text, words: String(reply.said.prefix(500)))
        }
        return details
    }
}
