import Accounts
package import Customers
import Kernel

/// Whether a person may be asked: one rule over all surveys and channels. It is asked when an invitation is
/// planned, and again in the transaction that takes it for sending.
package struct ContactPolicy: Sendable {
    /// Why somebody is not asked. The raw value is said by the API and kept with what was withdrawn.
    package enum Refusal: String, Sendable, CaseIterable {
        case quietPeriod = "quiet_period"
        case unsubscribed, suppressed, restricted, staff
        /// The account asks only with consent, and none is recorded.
        case noConsent = "no_consent"
        case heldOut = "held_out"
        case noAddress = "no_address"
        /// Stands in one list twice.
        case duplicate

        /// True of our own rules: who is left out by one of these could have been asked.
        package var isOurs: Bool { self == .quietPeriod || self == .heldOut }
    }

    /// Nobody is asked twice within it.
    package let quiet: Duration
    /// Out of 100 customers, how many are never asked.
    package let heldOutPercent: Int
    /// Nobody is asked without recorded consent.
    package let asksConsentFirst: Bool
    private let secret: [UInt8]

    package init(
        quietDays: Int, heldOutPercent: Int, asksConsentFirst: Bool = false, secret: [UInt8]
    ) {
        quiet = .seconds(quietDays * 86_400)
        self.heldOutPercent = heldOutPercent
        self.asksConsentFirst = asksConsentFirst
        self.secret = secret
    }

    /// As the account has set it.
    init(of account: Account, secret: [UInt8]) {
        self.init(
            quietDays: account.quietDays, heldOutPercent: account.heldOutPercent,
            asksConsentFirst: account.asksConsentFirst, secret: secret)
    }

    /// The same people for as long as the secret and the share stay, and nobody can reckon out who. A larger
    /// share holds out those of a smaller one, too.
    package func holdsOut(_ customer: Customer.ID) -> Bool {
        guard heldOutPercent > 0 else { return false }
        let letters = SecretHash.keyed(by: secret, "held out \(customer.number)").prefix(8)
        let place = UInt32(letters, radix: 16) ?? 0
        return Double(place) * 100 < Double(heldOutPercent) * 4_294_967_296
    }

    /// What the person wishes comes first, then whether they can be reached, then our own rules.
    func refusal(of customer: Customer.ID, _ facts: ContactFacts, at moment: Timestamp) -> Refusal? {
        guard let reach = facts.reach[customer] else { return .noAddress }
        if reach.isRestricted { return .restricted }
        if reach.hasLeft { return .unsubscribed }
        if asksConsentFirst, reach.customer.consentedAt == nil { return .noConsent }
        if reach.points.isEmpty { return .noAddress }
        guard let point = reach.openPoint else { return .suppressed }
        if facts.staff.contains(point.value) { return .staff }
        if holdsOut(customer) { return .heldOut }
        let isQuiet = (facts.asked[customer] ?? []).contains { asked in
            asked > moment - quiet && asked < moment + quiet
        }
        return isQuiet ? .quietPeriod : nil
    }
}

/// What the policy must know of some people.
struct ContactFacts: Sendable {
    var reach: [Customer.ID: CustomerReach] = [:]
    /// When each was or will be asked.
    var asked: [Customer.ID: [Timestamp]] = [:]
    /// Those of their addresses with which members of the account sign in.
    var staff: Set<String> = []

    /// The same for a reminder: the letter that it repeats keeps it from nothing.
    var unasked: ContactFacts { ContactFacts(reach: reach, staff: staff) }
}
