import Accounts
import Formats
import Kernel
import Language
import Ledger
import Surveys

/// What happened in a case, newest first, as the template `timeline` shows it.
struct CaseTimelinePage {
    let file: CaseFile
    let messages: Messages
    let now: Timestamp

    private struct Entry {
        let at: Timestamp
        let text: String
        var note: String?
        var actor: Actor?
        var kind: String?
    }

    var model: [[String: Any]] {
        let entries =
            file.events.map(entry) + file.contacts.map(entry) + file.verdicts.map(entry) + answered + replied
        let sorted = entries.enumerated().sorted { ($0.element.at, -$0.offset) > ($1.element.at, -$1.offset) }
        return sorted.map { _, entry in
            [
                "text": entry.text, "at": entry.at.rfc3339, "note": entry.note ?? false,
                "by": entry.actor.flatMap(name) ?? false, "kind": entry.kind ?? false,
                "when": messages.dateTime(entry.at, offsetSeconds: file.zone.offsetSeconds(at: entry.at)),
            ]
        }
    }

    private var answered: [Entry] {
        guard let response = file.response else { return [] }
        let band = messages("band.\(response.score.band.rawValue)")
        let text = messages(
            "cases.event.answered", ["score": .int(response.score.raw), "band": .string(band)])
        return [Entry(at: response.occurredAt, text: text, kind: "first")]
    }

    private var replied: [Entry] {
        guard let reply = file.reply else { return [] }
        return [Entry(at: reply.receivedAt, text: messages("event.reply.received"), kind: "first")]
    }

    private func entry(_ event: SealedEvent) -> Entry {
        let payload = try? event.payload
        var entry = Entry(at: event.happenedAt, text: "", actor: event.actor)
        switch event.kind {
        case .caseAssigned:
            let owner = payload?["owner"]?.string.flatMap { Member.ID($0) }
            let name = file.name(of: owner) ?? messages("word.unknown")
            return Entry(
                at: entry.at, text: messages("cases.event.assigned", ["owner": .string(name)]),
                actor: entry.actor)
        case .caseEscalated:
            let to = payload?["to"]?.string == "owner" ? "owner" : "managers"
            return Entry(at: entry.at, text: messages("cases.event.escalated.\(to)"), kind: "problem")
        case .caseResolved:
            entry = Entry(at: entry.at, text: messages("cases.event.resolved"), actor: entry.actor)
            let last = file.events.first { $0.kind == .caseResolved }
            if last == event, let cause = file.recovery.cause, let remedy = file.recovery.remedy {
                entry.note = "\(cause) · \(remedy)"
            }
            return entry
        case .caseClosed:
            entry = Entry(at: entry.at, text: messages("cases.event.closed"), actor: entry.actor)
            entry.note = file.recovery.closureReason
            return entry
        default:
            return Entry(at: entry.at, text: messages("cases.event.opened"), actor: entry.actor)
        }
    }

    private func entry(_ contact: CaseRecord.Contact) -> Entry {
        Entry(
            at: contact.at,
            text: messages(
                "cases.event.contact",
                [
                    "channel": .string(messages("channel.\(contact.contact.channel.rawValue)")),
                    "outcome": .string(messages("outcome.\(contact.contact.outcome.rawValue)")),
                ]),
            note: contact.contact.note, actor: contact.actor)
    }

    private func entry(_ heard: CaseRecord.Heard) -> Entry {
        let word = heard.isCustomersOwnWord ? "own" : "reported"
        return Entry(
            at: heard.at, text: messages("cases.event.verdict.\(heard.verdict.rawValue).\(word)"),
            note: heard.note, actor: heard.isCustomersOwnWord ? nil : heard.actor,
            kind: heard.verdict == .stillUnhappy ? "problem" : "first")
    }

    private func name(_ actor: Actor) -> String? {
        switch actor {
        case .member(let id): file.name(of: Member.ID(id))
        case .token: messages("cases.by.token")
        case .customer: messages("word.customer")
        case .system, .import, .operator: nil
        }
    }
}
