package import Kernel
package import Outbound

/// How an attempt to hand a mail over ended.
package enum DeliveryOutcome: Equatable, Sendable {
    case sent(reply: String)
    /// For good: the address takes no mail.
    case refused(reason: String)
    case later(reason: String)
    /// The same, and the domain's servers want no mail at all for a while.
    case busy(reason: String)
    /// The relay itself does not work.
    case relay(reason: String)
    case uncertain(reason: String)

    /// Between attempts that the other side put off. After the last the message has failed.
    package static let pauses: [Duration] = [
        .seconds(60), .seconds(300), .seconds(900), .seconds(3600), .seconds(4 * 3600), .seconds(12 * 3600),
        .seconds(24 * 3600), .seconds(48 * 3600),
    ]

    /// When to try again after `attempts` in all, `nil` for never; with 20 % of chance, so that many do not
    /// come back together.
    package static func next(after attempts: Int, chance: UInt8, at now: Timestamp, until end: Timestamp)
        -> Timestamp?
    {
        guard attempts <= pauses.count else { return nil }
        let moment = now + pauses[max(attempts, 1) - 1] * (0.8 + 0.4 * Double(chance) / 255)
        return moment < end ? moment : nil
    }

    /// Hands it over. What a carrier does not name is nobody's knowledge.
    package init(of message: MailMessage, by carrier: any MailCarrier) async {
        do {
            self = .sent(reply: try await carrier.carry(message).reply)
        } catch let failure as MailFailure {
            switch failure.kind {
            case .refused: self = .refused(reason: failure.reason)
            case .later: self = .later(reason: failure.reason)
            case .busy: self = .busy(reason: failure.reason)
            case .relay: self = .relay(reason: failure.reason)
            case .uncertain: self = .uncertain(reason: failure.reason)
            }
        } catch {
            self = .uncertain(reason: "\(error)")
        }
    }
}
