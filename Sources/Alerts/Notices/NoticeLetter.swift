import Accounts
import Customers
import FollowUp
import Kernel
import Language
import Outbound
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

    var letter: AlertLetter {
        switch one.matter {
        case .recovery(let noticed) where one.notice.kind == .verdictAsked: question(of: noticed.recovery)
        case .recovery(let noticed): told(of: noticed)
        case .together(let named, let count): told(of: named, among: count)
        case .webhook(let webhook): told(of: webhook)
        }
    }

    /// The person whose words it may hold.
    var customer: Customer.ID? {
        if case .recovery(let noticed) = one.matter { noticed.recovery.customer } else { nil }
    }

    /// For members.
    private func told(of noticed: NoticedCase) -> AlertLetter {
        let said = { end in self.said(end, of: noticed) }
        var letter = AlertLetter(
            sender: one.account.sender, language: one.language, subject: said("subject"),
            heading: said("heading"), lead: said("lead"),
            button: .init(
                label: messages("notice.open"), href: site.link("/cases/\(noticed.recovery.id)")),
            reason: said("reason"))
        letter.facts = facts(of: noticed)
        letter.words = (noticed.response?.comment ?? noticed.reply?.said).map { AlertLetter.cut($0) }
        letter.choice = .init(label: messages("notice.choice"), href: site.link("/me/notices"))
        return letter
    }

    /// For members. It counts, and names nobody: it would outlive whoever is erased.
    private func told(of named: [NoticedCase], among count: Int) -> AlertLetter {
        let values: [String: MessageValue] = ["count": .int(count), "named": .int(named.count)]
        func said(_ end: String) -> String { messages("notice.together.\(end)", values) }
        var letter = AlertLetter(
            sender: one.account.sender, language: one.language, subject: said("subject"),
            heading: said("heading"), lead: said(named.count < count ? "lead.more" : "lead"),
            button: .init(label: said("action"), href: site.link("/cases")), reason: said("reason"))
        letter.items = named.map {
            .init(label: line($0), href: site.link("/cases/\($0.recovery.id)"))
        }
        letter.choice = .init(label: messages("notice.choice"), href: site.link("/me/notices"))
        return letter
    }

    private func line(_ noticed: NoticedCase) -> String {
        let parts = [
            noticed.response.map(scored), noticed.survey.name.inOneLine,
            noticed.response?.touchpoint?.inOneLine,
            messages("notice.together.due", ["due": .string(time(noticed.recovery.dueAt))]),
        ]
        return parts.compactMap(\.self).filter { !$0.isEmpty }.joined(separator: " · ")
    }

    private func scored(_ response: SurveyResponse) -> String {
        let score = response.score
        return messages(
            "notice.score",
            [
                "score": .int(score.raw), "best": .int(score.scale.scores.upperBound),
                "band": .string(messages("band.\(score.band.rawValue)")),
            ])
    }

    /// For the customer.
    private func question(of recovery: RecoveryCase) -> AlertLetter {
        let token = links.token(of: recovery.id)
        let sender: [String: MessageValue] = ["sender": .string(one.account.name.inOneLine)]
        var letter = AlertLetter(
            sender: one.account.sender, language: one.language,
            subject: messages("notice.\(kind).subject", sender),
            heading: messages("verdict.question"), lead: messages("verdict.question.text"),
            button: .init(
                label: messages("notice.\(kind).action"), href: site.link(VerdictLink.path(token))),
            reason: messages("notice.\(kind).reason", sender))
        letter.choice = .init(
            label: messages("letter.leave"), href: site.link(VerdictLink.leavePath(token)))
        letter.isLeftByPost = true
        return letter
    }

    private func said(_ end: String, of noticed: NoticedCase) -> String {
        let dueAt = noticed.recovery.dueAt
        var values: [String: MessageValue] = [
            "sender": .string(one.account.name.inOneLine), "customer": .string(name(in: noticed)),
            "due": .string(time(dueAt)), "when": .string(messages.relative(dueAt, now: now)),
        ]
        let key = "notice.\(kind).\(end)"
        guard let score = noticed.response?.score else {
            let ofReply = key + ".reply"
            return messages(messages.has(ofReply) ? ofReply : key, values)
        }
        values["score"] = .int(score.raw)
        return messages(key, values)
    }

    private func name(in noticed: NoticedCase) -> String {
        noticed.customerName?.inOneLine ?? messages("notice.somebody")
    }

    /// In the account's own time.
    private func time(_ moment: Timestamp) -> String {
        messages.dateTime(moment, offsetSeconds: one.account.zone.offsetSeconds(at: moment))
    }

    private func facts(of noticed: NoticedCase) -> [(name: String, value: String)] {
        var facts = [(messages("word.customer"), name(in: noticed))]
        if let response = noticed.response { facts.append((messages("word.score"), scored(response))) }
        facts.append((messages("word.survey"), noticed.survey.name.inOneLine))
        if let touchpoint = noticed.response?.touchpoint {
            facts.append((messages("word.touchpoint"), touchpoint.inOneLine))
        }
        facts.append((messages("cases.due.head"), time(noticed.recovery.dueAt)))
        return facts
    }
}

extension NoticeLetter {
    /// For the owners. The host alone: the rest of the address may be a secret.
    private func told(of webhook: Webhook) -> AlertLetter {
        let host = (try? HookURL(webhook.url))?.hostText ?? messages("webhooks.one")
        let why = messages("webhooks.disabled.\((webhook.disabledBecause ?? .failing).rawValue)")
        let values: [String: MessageValue] = [
            "host": .string(host), "why": .string(why), "sender": .string(one.account.name.inOneLine),
        ]
        func said(_ end: String) -> String { messages("notice.\(kind).\(end)", values) }
        var letter = AlertLetter(
            sender: one.account.sender, language: one.language, subject: said("subject"),
            heading: said("heading"), lead: said("lead"),
            button: .init(label: said("action"), href: site.link("/webhooks/\(webhook.id)")),
            reason: said("reason"))
        letter.facts = [(messages("webhooks.url"), host)]
        if let tried = webhook.lastTry {
            letter.facts.append((messages("webhooks.answer"), tried.said(in: messages)))
        }
        letter.facts.append(
            (
                messages("webhooks.last"),
                webhook.lastDeliveredAt.map(time) ?? messages("webhooks.delivered-never")
            ))
        return letter
    }
}
