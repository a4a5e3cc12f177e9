import Accounts
import Customers
import Formats
import Kernel

/// What must be known of an account to decide about some of its customers. It learns from its own decisions:
/// who has just been asked is asked no second time.
struct AskDesk: Sendable {
    /// What becomes of one occasion under one rule.
    struct Plan: Equatable, Sendable {
        let outcome: AskOutcome
        /// When it would be written.
        let sendAt: Timestamp
        let window: SendWindow?
    }

    /// How often a rule has asked in a day and in a month.
    struct Asked: Equatable, Sendable {
        var day = 0
        var month = 0
    }

    let account: Account
    let policy: ContactPolicy
    let secret: [UInt8]
    var facts: ContactFacts
    let attributes: [Customer.ID: [CustomerAttribute]]
    let openSurveys: Set<Survey.ID>
    /// Who was left out by hand.
    let excluded: [AskRule.ID: Set<Customer.ID>]
    var asked: [AskRule.ID: Asked]
    /// To which `asked` belongs.
    var day: LocalDay

    /// Nobody remembers longer ago what is asked about.
    static let longestAgo = Duration.seconds(30 * 86_400)
    /// The customer's own, where the account keeps it.
    static let zoneAttribute = "time_zone"

    mutating func decide(_ rule: AskRule, _ occasion: Occasion, at now: Timestamp) -> Plan {
        let definition = rule.definition
        turn(to: account.zone.day(of: now))
        let zone = zone(of: occasion.customer)
        let due = zone.moment(definition.delay, after: occasion.occurredAt)
        let window = definition.hours.map { SendWindow(hours: $0, zone: zone) }
        let sendAt = window?.opening(from: max(due, now)) ?? max(due, now)
        let skip = skip(rule, occasion, due: due, sendAt: sendAt, at: now)
        if skip == nil {
            facts.asked[occasion.customer, default: []].append(sendAt)
            asked[rule.id, default: Asked()].day += 1
            asked[rule.id, default: Asked()].month += 1
        }
        return Plan(outcome: skip.map { .skipped($0) } ?? .asked, sendAt: sendAt, window: window)
    }

    /// Quotas are of a day and of a month.
    private mutating func turn(to today: LocalDay) {
        if today == day { return }
        let isSameMonth = Interval.month.start(of: today) == Interval.month.start(of: day)
        for rule in asked.keys {
            asked[rule]?.day = 0
            if !isSameMonth { asked[rule]?.month = 0 }
        }
        day = today
    }

    /// What the rule wants comes first, then what time allows, then whether the person may be asked; the
    /// quota is last, so that only those use it up who are asked.
    private func skip(
        _ rule: AskRule, _ occasion: Occasion, due: Timestamp, sendAt: Timestamp, at now: Timestamp
    ) -> AskSkip? {
        let definition = rule.definition
        if !rule.holds(of: occasion, attributes[occasion.customer] ?? []) { return .condition }
        if !isSampled(rule, occasion) { return .sample }
        if definition.until?.isOver(at: sendAt, in: zone(of: occasion.customer)) == true { return .until }
        if due < now - Self.longestAgo { return .late }
        if !openSurveys.contains(definition.survey) { return .surveyClosed }
        if let refusal = policy.refusal(of: occasion.customer, facts, at: sendAt) { return AskSkip(refusal) }
        // After the policy: it counts where nothing else has kept the person from being asked.
        if excluded[rule.id]?.contains(occasion.customer) == true { return .excluded }
        let before = asked[rule.id] ?? Asked()
        if let most = definition.quota.day, before.day >= most { return .quota }
        if let most = definition.quota.month, before.month >= most { return .quota }
        return nil
    }

    func zone(of customer: Customer.ID) -> Zone {
        let own = attributes[customer]?.first { $0.name == Self.zoneAttribute }
        return own.flatMap { Zone(named: $0.value) } ?? account.zone
    }

    /// The same answer for the same occasion, however often it is asked, and nobody can reckon it out.
    private func isSampled(_ rule: AskRule, _ occasion: Occasion) -> Bool {
        let (customer, key) = (occasion.customer, occasion.key)
        guard rule.definition.period == nil else {
            return rule.isTurn(of: customer, in: Int(key.period), secret: secret)
        }
        return chance("sample \(rule.id.number) \(customer.number) \(key.number)", secret)
            < rule.definition.sample
    }
}

/// From 0 up to 1, not reached.
private func chance(_ words: String, _ secret: [UInt8]) -> Double {
    let letters = SecretHash.keyed(by: secret, words).prefix(8)
    return Double(UInt32(letters, radix: 16) ?? 0) / 4_294_967_296
}

extension AskRule {
    /// Whether a rule by the calendar asks somebody in a period.
    func isTurn(of customer: Customer.ID, in period: Int, secret: [UInt8]) -> Bool {
        definition.period?.isTurn(
            of: chance("turn \(id.number) \(customer.number)", secret), share: definition.sample, in: period)
            ?? false
    }
}

extension AskRuleDefinition.Period {
    /// The number of the period that holds a day; the next one's is one more.
    func number(of day: LocalDay) -> Int {
        let (year, month, _) = day.civil
        return year * perYear + (month - 1) / (12 / perYear)
    }

    /// The first day of a period.
    func start(of number: Int) -> LocalDay {
        let (year, place) = number.dividedRoundingDown(by: perYear)
        return LocalDay(year: year, month: place * (12 / perYear) + 1, day: 1) ?? LocalDay(number: 0)
    }

    private var perYear: Int {
        switch self {
        case .month: 12
        case .quarter: 4
        case .year: 1
        }
    }

    /// With a third, everybody's turn comes in one of three periods, each time the same one.
    func isTurn(of place: Double, share: Double, in number: Int) -> Bool {
        guard share > 0 else { return false }
        let rounds = max(1, Int((1 / share).rounded()))
        guard rounds > 1 else { return place < share }
        return Int(place * Double(rounds)) == number.dividedRoundingDown(by: rounds).remainder
    }
}
