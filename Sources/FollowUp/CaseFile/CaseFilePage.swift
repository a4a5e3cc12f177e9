import Accounts
import Customers
import Kernel
import Language
import Surveys

/// One case as its page shows it: who and what happened, the one next step, the story, the rest folded.
struct CaseFilePage {
    let file: CaseFile
    let messages: Messages
    let now: Timestamp
    /// False for a reader who may only look.
    let mayWrite: Bool
    /// The address by which the customer judges; `nil` where there is none now.
    let verdictLink: String?
    var refusal: CaseForm.Refusal?

    private var recovery: RecoveryCase { file.recovery }
    private var isAnonymous: Bool { file.customer == nil }

    var model: [String: Any] {
        [
            "title": title, "lead": lead, "badges": recovery.badges(messages, at: now),
            "comment": words.map { [$0] } ?? [], "whole": whole, "alert": alert,
            "stages": stages,
            "next": next, "folds": folds, "facts": facts,
            "timeline": CaseTimelinePage(file: file, messages: messages, now: now).model,
        ]
    }

    /// A template sees an empty text as something to show, a list of none as nothing.
    private var alert: [String] {
        guard let refusal else { return [] }
        return [messages.sentence(refusal.error)]
    }

    /// What is to be done stands above the fold, so a long comment is cut; where the whole of it is.
    private var whole: [String] {
        let isLong = (words?.count ?? 0) > Self.longComment
        return isLong ? [source].compactMap(\.self) : []
    }

    /// What the customer wrote that this is about.
    private var words: String? { recovery.reply == nil ? file.response?.comment : file.reply?.said }
    /// Where all of it is.
    private var source: String? {
        file.reply.map { "/replies/\($0.id)" } ?? file.response.map { "/responses/\($0.id)" }
    }

    private static let longComment = 500

    private var title: String {
        guard let customer = file.customer else { return messages("cases.nobody") }
        return customer.customer.name ?? customer.email ?? customer.phone ?? customer.customer.externalID
            ?? messages("cases.nameless")
    }

    private var lead: String {
        let survey: [String: MessageValue] = [
            "survey": .string(file.survey.name),
            "when": .string(exact(file.reply?.receivedAt ?? recovery.openedAt)),
        ]
        guard recovery.reply == nil, let response = file.response else {
            return messages("cases.what.reply", survey)
        }
        let score = response.score
        let key = response.touchpoint == nil ? "cases.what" : "cases.what.touchpoint"
        return messages(
            key,
            [
                "score": .int(score.raw), "best": .int(score.scale.scores.upperBound),
                "band": .string(messages("band.\(score.band.rawValue)")), "survey": .string(file.survey.name),
                "touchpoint": .string(response.touchpoint ?? ""),
                "when": .string(exact(response.occurredAt)),
            ])
    }

    private var stages: [[String: Any]] {
        let path: [RecoveryCase.Stage] =
            recovery.stage == .closed ? [.open, .closed] : [.open, .contacted, .resolved, .verified]
        return path.map { ["label": messages("stage.\($0.rawValue)"), "current": $0 == recovery.stage] }
    }

    private func exact(_ at: Timestamp) -> String {
        messages.dateTime(at, offsetSeconds: file.zone.offsetSeconds(at: at))
    }
}

extension CaseFilePage {
    /// What moves the case on. Where nobody can be called that is the end of it, with a reason.
    private var nextAction: CaseAction? {
        switch recovery.stage {
        case .open: isAnonymous ? .closure : .contacts
        case .contacted: .resolution
        case .resolved: isAnonymous ? .verdict : nil
        case .verified, .closed: nil
        }
    }

    private var nextKey: String {
        let stage = recovery.stage.rawValue
        return isAnonymous && !recovery.isEnded ? "cases.next.\(stage).nobody" : "cases.next.\(stage)"
    }

    private var next: [String: Any] {
        [
            "heading": messages(nextKey),
            "text": messages(
                nextKey + ".text",
                [
                    "when": .string(exact(recovery.isEnded ? recovery.endedAt ?? now : recovery.dueAt)),
                    "reason": .string(recovery.closureReason ?? ""),
                ]),
            "link": verdictLink.map { [$0] } ?? [],
            "form": mayWrite ? nextAction.map { [form($0).model] } ?? [] : [],
        ]
    }

    private func form(_ action: CaseAction) -> CaseForm {
        CaseForm(action, of: file, messages, refusal: refusal)
    }

    /// What else may be done, folded; one that was refused stays open.
    private var folds: [[String: Any]] {
        guard mayWrite, !recovery.isEnded else { return [] }
        return foldedActions.map { action in
            let form = form(action)
            return [
                "heading": messages("cases.\(action.rawValue).title"), "open": form.isRefused,
                "text": messages("cases.\(action.rawValue).text"), "form": [form.model],
            ]
        }
    }

    private var foldedActions: [CaseAction] {
        let possible: [CaseAction] =
            recovery.stage == .resolved
            ? [.verdict, .contacts, .owner, .closure] : [.contacts, .owner, .closure]
        return possible.filter { $0 != nextAction }
    }

    private var facts: [[String: Any]] {
        let card = file.customer
        var facts = [
            fact(
                "word.owner",
                file.name(of: recovery.owner)
                    ?? messages("cases.queue.\(recovery.queue ?? RecoveryCaseJobs.queue)"))
        ]
        if recovery.stage == .open || recovery.stage == .contacted {
            facts.append(fact("cases.due.head", due))
        }
        if recovery.escalation != .none {
            let told = recovery.escalation == .managers ? "managers" : "owner"
            facts.append(fact("cases.escalation", messages("cases.escalation.\(told)")))
        }
        if recovery.round > 1 { facts.append(fact("cases.round", messages.number(recovery.round))) }
        if let preferred = file.preferredContact {
            facts.append(fact("responses.contact", preferred.said(messages)))
        }
        if let phone = card?.phone { facts.append(fact("word.phone", phone, href: "tel:" + phone)) }
        if let email = card?.email { facts.append(fact("word.email", email, href: "mailto:" + email)) }
        if let language = card?.customer.language.flatMap({ ReaderLanguage(tag: $0) }) {
            facts.append(fact("word.language", messages("language.\(language.tag)")))
        }
        facts += (card?.attributes ?? []).prefix(12).map {
            ["label": messages.attribute($0.name), "value": $0.value, "href": false]
        }
        if let card {
            facts.append(
                fact(
                    "word.customer", messages("cases.customer.story"), href: "/customers/\(card.customer.id)")
            )
        }
        facts.append(fact("word.survey", file.survey.name, href: source))
        if let agent = file.response?.agent { facts.append(fact("word.agent", agent)) }
        if let cause = recovery.cause { facts.append(fact("cases.resolution.cause", cause)) }
        if let remedy = recovery.remedy { facts.append(fact("cases.resolution.remedy", remedy)) }
        if let note = recovery.resolutionNote { facts.append(fact("word.note", note)) }
        if let reason = recovery.closureReason { facts.append(fact("word.reason", reason)) }
        if let note = recovery.closureNote { facts.append(fact("word.note", note)) }
        return facts
    }

    private var due: String {
        messages(
            "cases.due.exact",
            [
                "at": .string(exact(recovery.dueAt)),
                "when": .string(messages.relative(recovery.dueAt, now: now)),
            ])
    }

    private func fact(_ key: String, _ value: String, href: String? = nil) -> [String: Any] {
        ["label": messages(key), "value": value, "href": href ?? false]
    }
}
