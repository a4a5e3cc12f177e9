import Accounts
import FollowUp
import Kernel
import Language
import Surveys
import Web

/// What a notice says to its reader.
struct NoticeLetter {
    private let one: OutgoingNotice
    private let site: Site
    private let links: VerdictLink
    private let now: Timestamp
    private let messages: Messages

    init(_ one: OutgoingNotice, site: Site, links: VerdictLink, at now: Timestamp) {
        (self.one, self.site, self.links, self.now) = (one, site, links, now)
        messages = Messages.of(one.language)
    }

    private var kind: String { one.notice.kind.rawValue.replacing("_", with: "-") }
    private var recovery: RecoveryCase { one.recovery }

    var letter: AlertLetter { one.notice.kind == .verdictAsked ? question : told }

    /// For members.
    private var told: AlertLetter {
        var letter = AlertLetter(
            sender: one.account.sender, language: one.language, subject: said("subject"),
            heading: said("heading"), lead: said("lead"),
            button: .init(label: messages("notice.open"), href: site.link("/cases/\(recovery.id)")),
            reason: said("reason"))
        letter.facts = facts
        letter.words = (one.response?.comment ?? one.reply?.said).map { AlertLetter.cut($0) }
        letter.choice = .init(label: messages("notice.choice"), href: site.link("/me/notices"))
        return letter
    }

    /// For the customer.
    private var question: AlertLetter {
        AlertLetter(
            sender: one.account.sender, language: one.language, subject: said("subject"),
            heading: messages("verdict.question"), lead: messages("verdict.question.text"),
            button: .init(
                label: messages("notice.verdict-asked.action"),
                href: site.link("/v/" + links.token(of: recovery.id))),
            reason: said("reason"))
    }

    private func said(_ end: String) -> String {
        var values: [String: MessageValue] = [
            "sender": .string(one.account.name.inOneLine), "customer": .string(customer),
            "due": .string(due), "when": .string(messages.relative(recovery.dueAt, now: now)),
        ]
        let key = "notice.\(kind).\(end)"
        guard let score = one.response?.score else {
            let ofReply = key + ".reply"
            return messages(messages.has(ofReply) ? ofReply : key, values)
        }
        values["score"] = .int(score.raw)
        return messages(key, values)
    }

    private var customer: String { one.customerName?.inOneLine ?? messages("notice.somebody") }

    /// In the account's own time.
    private var due: String {
        messages.dateTime(
            recovery.dueAt, offsetSeconds: one.account.zone.offsetSeconds(at: recovery.dueAt))
    }

    private var facts: [(name: String, value: String)] {
        var facts = [(messages("word.customer"), customer)]
        if let score = one.response?.score {
            let what = messages(
                "notice.score",
                [
                    "score": .int(score.raw), "best": .int(score.scale.scores.upperBound),
                    "band": .string(messages("band.\(score.band.rawValue)")),
                ])
            facts.append((messages("word.score"), what))
        }
        facts.append((messages("word.survey"), one.survey.name.inOneLine))
        if let touchpoint = one.response?.touchpoint {
            facts.append((messages("word.touchpoint"), touchpoint.inOneLine))
        }
        facts.append((messages("cases.due.head"), due))
        return facts
    }
}
