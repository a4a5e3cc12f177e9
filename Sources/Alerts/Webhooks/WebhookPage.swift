import Accounts
import Formats
import Kernel
import Language
import Ledger
import Web

/// The form in which a webhook's address and events are named.
struct WebhookForm {
    let messages: Messages
    private let webhook: Webhook?
    private let refused: (typed: FormFields, error: DomainError)?

    init(
        _ messages: Messages, webhook: Webhook? = nil,
        refused: (typed: FormFields, error: DomainError)? = nil
    ) {
        (self.messages, self.webhook, self.refused) = (messages, webhook, refused)
    }

    var model: [String: Any] {
        var form = FormPage(messages, typed: refused?.typed, error: refused?.error)
        form.input(
            "url", messages("webhooks.url"), type: "url", value: webhook?.url ?? "",
            help: messages("webhooks.url.help"), autocomplete: "off")
        let ticked = refused?.typed.all("event") ?? webhook?.events.map(\.rawValue) ?? ["response.recorded"]
        let fault = refused?.error.fields.first { $0.pointer == "/event" }
        return [
            "fields": form.fields, "alert": refused.map { messages.sentence($0.error) } ?? false,
            "eventFault": fault.map { messages.sentence($0) } ?? false,
            "groups": groups(ticked),
        ]
    }

    /// The events of one thing stand together, in the order of the list.
    private func groups(_ ticked: [String]) -> [[String: Any]] {
        let nouns = Webhook.offered.map { String($0.noun) }.reduce(into: [String]()) { all, noun in
            if !all.contains(noun) { all.append(noun) }
        }
        return nouns.map { noun in
            [
                "noun": noun, "heading": messages("webhooks.noun.\(noun)"),
                "events": Webhook.offered.filter { $0.noun == noun }.map { kind -> [String: Any] in
                    [
                        "value": kind.rawValue, "label": messages("operations.event.\(kind.rawValue)"),
                        "ticked": ticked.contains(kind.rawValue),
                    ]
                },
            ]
        }
    }
}

/// How a webhook does, in words.
struct WebhookHealth {
    let webhook: Webhook
    let messages: Messages
    let now: Timestamp

    var badge: [String: Any] {
        let isFailing = webhook.state == .active && webhook.failures > 0
        let kind =
            switch webhook.state {
            case .active: isFailing ? "failed" : "good"
            case .paused: "waiting"
            case .disabled: "failed"
            }
        let word = isFailing ? "failing" : webhook.state.rawValue
        return ["kind": kind, "word": messages("webhooks.state.\(word)")]
    }

    /// What somebody must know before anything else; `nil` while all is well.
    var warning: String? {
        switch (webhook.state, webhook.disabledBecause) {
        case (.disabled, .gone): messages("webhooks.disabled.gone")
        case (.disabled, _): messages("webhooks.disabled.failing")
        case (.paused, _): messages("webhooks.paused")
        case (.active, _):
            webhook.failingSince.map { since in
                messages(
                    "webhooks.failing",
                    [
                        "since": .string(messages.relative(since, now: now)),
                        "failures": .int(webhook.failures),
                    ])
            }
        }
    }

    var last: String {
        webhook.lastDeliveredAt.map {
            messages("webhooks.delivered-at", ["when": .string(messages.relative($0, now: now))])
        } ?? messages("webhooks.delivered-never")
    }

    var events: String { messages.list(webhook.events.map(\.rawValue)) }
}

/// All webhooks of an account, and the form for another.
struct WebhookListPage {
    let webhooks: [Webhook]
    let form: WebhookForm
    let now: Timestamp

    var model: [String: Any] {
        let messages = form.messages
        let own: [String: Any] = [
            "title": messages("webhooks.title"), "hasWebhooks": !webhooks.isEmpty,
            "webhooks": webhooks.map { webhook -> [String: Any] in
                let health = WebhookHealth(webhook: webhook, messages: messages, now: now)
                return [
                    "href": "/webhooks/\(webhook.id)", "url": webhook.url, "kind": health.badge["kind"] ?? "",
                    "word": health.badge["word"] ?? "", "warning": health.warning ?? false,
                    "listens": health.events, "last": health.last,
                ]
            },
        ]
        return own.merging(form.model) { own, _ in own }
    }
}

/// One webhook: how it does, what it hears, and what was said to it.
struct WebhookPage {
    let webhook: Webhook
    let deliveries: Page<WebhookDelivery>
    let isFirst: Bool
    let secret: String?
    let form: WebhookForm
    let now: Timestamp

    private var messages: Messages { form.messages }

    var model: [String: Any] {
        let health = WebhookHealth(webhook: webhook, messages: messages, now: now)
        var model: [String: Any] = [
            "title": messages("webhooks.one"), "path": "/webhooks/\(webhook.id)", "url": webhook.url,
            "kind": health.badge["kind"] ?? "", "word": health.badge["word"] ?? "",
            "warning": health.warning ?? false, "last": health.last,
            "answer": webhook.lastTry.map { $0.said(in: messages) } ?? false,
            "secret": secret ?? false, "isActive": webhook.state == .active, "old": old ?? false,
            "hasDeliveries": !deliveries.items.isEmpty, "deliveries": deliveries.items.map(row),
        ]
        if deliveries.nextCursor != nil || !isFirst { model["pagination"] = pagination }
        return model.merging(form.model) { own, _ in own }
    }

    /// Until when two secrets sign.
    private var old: String? {
        webhook.oldSecretUntil.flatMap { until in
            until > now
                ? messages("webhooks.old-secret", ["when": .string(messages.relative(until, now: now))]) : nil
        }
    }

    private func row(_ delivery: WebhookDelivery) -> [String: Any] {
        let kind =
            switch delivery.state {
            case .delivered: "good"
            case .pending: "waiting"
            case .failed: "failed"
            }
        let next =
            delivery.state == .pending && delivery.attempts > 0
            ? messages("webhooks.next", ["when": .string(messages.relative(delivery.nextAt, now: now))]) : nil
        return [
            "id": delivery.id.description, "message": delivery.messageID, "type": delivery.kind.rawValue,
            "kind": kind, "word": messages("webhooks.delivery.\(delivery.state.rawValue)"),
            "answer": delivery.lastTry.map { $0.said(in: messages) } ?? false,
            "reason": delivery.lastTry?.reason ?? false, "next": next ?? false,
            "attempts": messages("webhooks.attempts", ["attempts": .int(delivery.attempts)]),
            "at": delivery.createdAt.rfc3339, "when": messages.relative(delivery.createdAt, now: now),
        ]
    }

    private var pagination: [String: Any] {
        let path = "/webhooks/\(webhook.id)"
        return [
            "summary": "", "previous": false, "first": isFirst ? false : path as Any,
            "next": deliveries.nextCursor.map { "\(path)?\(FormFields([("after", $0)]).encoded())" as Any }
                ?? false,
        ]
    }
}

extension DeliveryTry {
    /// What came back, in words: `Refused (500)`.
    func said(in messages: Messages) -> String {
        let word = messages("webhooks.outcome.\(outcome.rawValue)")
        return status.map { "\(word) (\($0))" } ?? word
    }
}
