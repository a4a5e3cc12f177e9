import Customers
import FollowUp
import Formats
package import Kernel
package import Ledger
import Outbound
import Surveys
import Web

/// A program of an account that wants to hear of its events, at an address of its own.
package struct Webhook: Noun, Equatable, Sendable {
    package static let idPrefix = "whk"
    package typealias ID = Identifier<Webhook>

    package enum State: String, Sendable, CaseIterable {
        case active
        /// Somebody asked for quiet: messages wait.
        case paused
        /// Nobody answers there: nothing is kept for it any more.
        case disabled
    }

    package enum Disabling: String, Sendable {
        /// It said so itself (410).
        case gone
        /// Nothing but failure for `patience`.
        case failing
    }

    package let id: ID
    package let account: Int64
    package var url: String
    package var events: [EventKind]
    package var state: State
    package var disabledBecause: Disabling?
    package let secretMadeAt: Timestamp
    /// Until then messages carry the signature of the secret before, too.
    package let oldSecretUntil: Timestamp?
    package let createdAt: Timestamp
    /// In a row.
    package var failures: Int
    package var failingSince: Timestamp?
    package let lastTry: DeliveryTry?
    package let lastDeliveredAt: Timestamp?

    /// How long a secret lives on beside its successor.
    static let rotation = Duration.seconds(24 * 3600)
    /// So long nothing but failure, and it is disabled.
    static let patience = Duration.seconds(5 * 86_400)
    package static let mostOfAnAccount = 20

    /// What a webhook can hear of: what happens to customers and what is done for them.
    package static let offered: [EventKind] = [
        .responseRecorded, .responseCompleted, .caseOpened, .caseAssigned, .caseContacted, .caseEscalated,
        .caseResolved, .caseVerified, .caseReopened, .caseClosed, .customerCreated, .customerChanged,
        .customerErased, .customerLeft, .wavePlanned, .invitationSent, .invitationFailed,
        .invitationUncertain, .invitationWithdrawn, .surveyCreated, .surveyChanged, .surveyOpened,
        .surveyClosed,
    ]
    /// Of a message that somebody sent to see whether it arrives.
    static let test = EventKind("webhook.tested")

    /// After the `failures`th failure in a row the whole address is left alone so long, whatever waits.
    static func rest(after failures: Int) -> Duration {
        .seconds(min(4 << min(max(failures - 1, 0), 7), 300))
    }

    /// The names of the fields that differ, for the event that tells of a change.
    func changes(from before: Webhook) -> [String] {
        [
            url == before.url ? nil : "url", events == before.events ? nil : "events",
            state == before.state ? nil : "state",
        ].compactMap(\.self)
    }

    /// Begins anew: what failed before counts no more.
    mutating func resume() {
        (state, disabledBecause, failures, failingSince) = (.active, nil, 0, nil)
    }
}

/// How one try to deliver a message ended.
package struct DeliveryTry: Equatable, Sendable {
    package enum Outcome: String, Sendable, CaseIterable {
        /// 2xx.
        case delivered
        /// Any other status.
        case refused
        /// 3xx: nobody follows it.
        case redirected
        /// 410: the webhook is no more.
        case gone
        /// The address must not be called.
        case forbidden
        case unreachable
    }

    package let outcome: Outcome
    package let status: Int?
    /// What the library said, for who looks into it.
    package let reason: String?
    let retryAfter: Duration?

    /// Longest that anybody is believed who asks to be left alone.
    private static let longestPause = Duration.seconds(86_400)

    init(outcome: Outcome, status: Int?, reason: String?, retryAfter: Duration? = nil) {
        (self.outcome, self.status, self.reason, self.retryAfter) = (outcome, status, reason, retryAfter)
    }

    init(_ result: Result<HookReply, any Error>) {
        switch result {
        case .success(let reply):
            let asks = reply.status == 429 || reply.status >= 500
            self.init(
                outcome: Self.outcome(of: reply.status), status: reply.status, reason: nil,
                retryAfter: asks ? reply.retryAfter.map { min($0, Self.longestPause) } : nil)
        case .failure(let failure as HookFailure):
            self.init(
                outcome: failure.kind == .forbidden ? .forbidden : .unreachable, status: nil,
                reason: FailureReason(failure.reason).description)
        case .failure(let error):
            self.init(outcome: .unreachable, status: nil, reason: FailureReason(error).description)
        }
    }

    private static func outcome(of status: Int) -> Outcome {
        switch status {
        case 200..<300: .delivered
        case 300..<400: .redirected
        case 410: .gone
        default: .refused
        }
    }
}

extension Webhook {
    /// What a form or a body says of one.
    struct Wish: Equatable {
        var url: String?
        var events: [EventKind]?
        var state: State?
    }
}

extension Webhook.Wish {
    /// `mayHear` says whether the caller may read what an event tells of.
    static func events(
        _ names: [String], mayHear: (EventKind) -> Bool, refuse: (_ place: Int?, _ code: String) -> Void
    ) -> [EventKind] {
        if names.isEmpty { refuse(nil, "missing") }
        var kinds: [EventKind] = []
        for (place, name) in names.enumerated() {
            guard let kind = Webhook.offered.first(where: { $0.rawValue == name }) else {
                refuse(place, "unknown-event")
                continue
            }
            if kinds.contains(kind) { continue }
            if mayHear(kind) { kinds.append(kind) } else { refuse(place, "event-not-yours") }
        }
        return kinds
    }

    /// The one spelling of a URL that may be kept; `nil` with the code of what is wrong.
    static func url(_ text: String, guarding: AddressGuard) -> Result<String, HookURL.Fault> {
        Result { () throws(HookURL.Fault) in
            let url = try HookURL(text)
            if let fault = guarding.fault(in: url) { throw fault }
            return url.text
        }
    }
}
