import Accounts
import Customers
import FollowUp
package import Formats
import Kernel
package import Ledger
import Surveys
package import Web

/// How the outside hears of an event: `{type, timestamp, data}`, ids and names of fields and nobody's words.
package struct EventMessage: Sendable {
    package let event: SealedEvent

    package init(event: SealedEvent) { self.event = event }

    package var json: JSONValue {
        [
            "type": .string(event.kind.rawValue), "timestamp": .time(event.happenedAt),
            "data": .object(data),
        ]
    }

    /// A block of `text/event-stream` (HTML Living Standard, 9.2.6). JSON of one line needs one `data` field.
    package var block: String { "id: \(event.position)\nevent: \(event.kind)\ndata: \(json.text)\n\n" }

    /// What a token must be allowed to read to hear of this event; what happens to members, tokens and jobs
    /// is for those who operate.
    package static func permission(for kind: EventKind) -> Permission {
        switch kind.noun {
        case "response", "reply": .readResponses
        case "case": .readCases
        case "customer", "invitation": .readCustomers
        case "survey", "wave", "ask_rule": .readSurveys
        default: .readOperations
        }
    }

    /// Ids first, then what the event holds.
    private var data: JSONObject {
        var data: [(String, JSONValue)] = [("id", .string("evt_\(event.id)"))]
        if let (name, id) = subject { data.append((name, .string(id))) }
        if let customer = event.customer, event.kind.noun != "customer" {
            data.append(("customer", .string(Customer.ID(customer).description)))
        }
        let taken = Set(data.map(\.0))
        for member in ((try? event.payload) ?? [:]).members where !taken.contains(member.key) {
            data.append((member.key, member.value))
        }
        return JSONObject(data)
    }

    private var subject: (name: String, id: String)? {
        switch event.kind.noun {
        case "response": ("response", SurveyResponse.ID(event.subject).description)
        case "reply": ("reply", Reply.ID(event.subject).description)
        case "case": ("case", RecoveryCase.ID(event.subject).description)
        case "customer": ("customer", Customer.ID(event.subject).description)
        case "survey": ("survey", Survey.ID(event.subject).description)
        case "invitation": ("invitation", Invitation.ID(event.subject).description)
        case "wave": ("wave", Wave.ID(event.subject).description)
        case "ask_rule": ("ask_rule", AskRule.ID(event.subject).description)
        case "member": ("member", Member.ID(event.subject).description)
        case "webhook": ("webhook", Webhook.ID(event.subject).description)
        case "token": ("token", APIToken.ID(event.subject).description)
        case "job": ("job", Job.ID(event.subject).description)
        default: nil
        }
    }
}
