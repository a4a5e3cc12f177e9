import Formats
import Kernel
import Ledger
import Outbound

/// A webhook's turn: what is due for it, claimed by one sender, which says it message by message.
struct WebhookTurn: Sendable {
    /// One message, ready to be signed.
    struct Message: Sendable {
        let delivery: WebhookDelivery
        /// `nil` where its event is not there any more.
        let body: [UInt8]?
    }

    /// Messages of one turn: then others come first.
    static let most = 20

    let webhook: Webhook
    let secrets: [WebhookSecret]
    let messages: [Message]
    /// Names this claim: who holds another one may settle nothing.
    let claim: Int64

    /// The moment is that of the try, so that a receiver can refuse what is old.
    func request(_ message: Message, body: [UInt8], at now: Timestamp) -> HookRequest {
        let id = message.delivery.messageID
        let signatures = SignatureHeader(secrets.map { $0.signature(id: id, at: now, body: body) })
        return HookRequest(
            url: webhook.url,
            headers: [
                .init("Content-Type", "application/json"), .init("webhook-id", id),
                .init("webhook-timestamp", String(now.milliseconds / 1000)),
                .init("webhook-signature", signatures.text),
            ], body: body)
    }
}
