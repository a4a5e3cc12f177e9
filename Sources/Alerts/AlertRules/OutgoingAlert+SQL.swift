import Accounts
import Database
import Kernel
import Language
import Ledger
import Surveys

extension OutgoingAlert {
    /// Takes what is due, a message for each rule and recipient. While the relay stands still members wait,
    /// and robots do not.
    static func claim(
        limit: Int, until lease: Timestamp, seal: RobotSeal, world: World, at now: Timestamp,
        in tx: any Connection
    ) throws -> (taken: [OutgoingAlert], looked: Int) {
        let alarm = try RelayAlarm.find(in: tx)
        var desk = AlertDesk(
            seal: seal, world: world, now: now, lease: lease, clearsAlarm: alarm != nil,
            stoppedUntil: alarm.flatMap { $0.stoppedUntil > now ? $0.stoppedUntil : nil })
        let waiting = try Alert.waiting(at: now, limit: limit, in: tx)
        var taken: [OutgoingAlert] = []
        for (account, rule, recipient) in waiting {
            let rule = try AlertRule.find(rule, account: account, in: tx)
            if let one = try desk.take(rule, recipient, in: tx) { taken.append(one) }
        }
        return (taken, waiting.count)
    }

    /// Writes how the attempt ended; false where its lease was lost, and then nothing is written.
    func settle(
        _ outcome: AlertOutcome, world: World, at now: Timestamp, in tx: any Connection
    ) throws -> Bool {
        switch outcome {
        case .sent(let reply):
            guard try settled("state = 'sent', settled_at = \(now)", reply, in: tx) else { return false }
            if clearsAlarm, robot == nil { try RelayAlarm.clear(in: tx) }
            return true
        case .refused(let reason):
            return try settled("state = 'failed', settled_at = \(now)", reason, in: tx)
        case .later(let reason, let pause):
            let draw = world.random
            let usual = DeliveryOutcome.next(after: attempts, chance: draw(1)[0], at: now, until: expiresAt)
            guard let usual else {
                return try settled("state = 'failed', settled_at = \(now)", reason, in: tx)
            }
            let next = pause.map { max(now + $0, usual) } ?? usual
            if let robot, pause != nil {
                let (burst, perSecond) = robot.allowance
                var allowance = try Allowance.find(
                    self.allowance, account: rule.account, burst: burst, perSecond: perSecond, at: now, in: tx
                )
                allowance.stop(until: next)
                try allowance.save(in: tx)
            }
            return try settled("state = 'planned', send_at = \(next)", reason, in: tx)
        case .relay(let reason):
            try RelayAlarm.raise(reason, at: now, in: tx)
            return try settled("state = 'planned', attempts = attempts - 1", reason, in: tx)
        case .uncertain(let reason):
            return try settled("state = 'uncertain', settled_at = \(now)", reason, in: tx)
        }
    }

    private func settled(_ changes: SQL, _ reason: String, in tx: any Connection) throws -> Bool {
        try !tx.run(
            """
            UPDATE alerts SET \(changes), reason = \(FailureReason(reason).description), leased_until = NULL
            WHERE account_id = \(rule.account) AND id IN \(list: alerts.map(\.id)) AND claim_id = \(claim)
              AND state = 'sending' RETURNING id
            """
        ).isEmpty
    }
}

/// Decides what is told now, what is gathered and what has become pointless.
private struct AlertDesk {
    let seal: RobotSeal
    let world: World
    let now: Timestamp
    let lease: Timestamp
    let clearsAlarm: Bool
    /// The relay's.
    let stoppedUntil: Timestamp?

    mutating func take(
        _ rule: AlertRule, _ recipient: Int64, in tx: any Connection
    ) throws -> OutgoingAlert? {
        let due = try Alert.due(
            for: recipient, of: rule, at: now, limit: AlertRule.mostInDigest, in: tx)
        let old = due.filter { $0.expiresAt <= now }
        try Alert.withdraw(old.map(\.id), account: rule.account, because: "expired", at: now, in: tx)
        let fresh = due.filter { $0.expiresAt > now }
        guard let first = fresh.first else { return nil }
        let account = try Account.find(Account.ID(rule.account), in: tx)
        guard rule.isEnabled, let (place, language) = try place(rule, recipient, account, in: tx) else {
            try Alert.withdraw(fresh.map(\.id), account: rule.account, because: "done", at: now, in: tx)
            return nil
        }
        if recipient != 0, let stoppedUntil {
            try Alert.gather(fresh.map(\.id), account: rule.account, until: stoppedUntil, in: tx)
            return nil
        }
        var allowance = try allowance(rule, recipient, in: tx)
        let isTogether = fresh.contains(where: \.isGathered) || fresh.count > allowance.whole
        let next = allowance.next(at: now)
        if next > now {
            try Alert.gather(fresh.map(\.id), account: rule.account, until: next, in: tx)
            return nil
        }
        allowance.spend()
        try allowance.save(in: tx)
        let chosen = isTogether ? fresh : [first]
        return try message(of: chosen, rule, account, place, language, allowance.place, in: tx)
    }

    private func message(
        of chosen: [Alert], _ rule: AlertRule, _ account: Account, _ place: OutgoingAlert.Place,
        _ language: ReaderLanguage, _ allowance: String, in tx: any Connection
    ) throws -> OutgoingAlert? {
        let found = try SurveyResponse.find(chosen.compactMap(\.response), account: rule.account, in: tx)
        let known = Dictionary(found.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let answers = chosen.compactMap { $0.response.flatMap { known[$0] } }
        var surveys: [Survey.ID: String] = [:]
        for id in Set(answers.map(\.survey)) {
            surveys[id] = try Survey.find(id, account: rule.account, in: tx).name
        }
        let claim = world.newID()
        try Alert.take(chosen.map(\.id), account: rule.account, claim: claim, until: lease, in: tx)
        return OutgoingAlert(
            rule: rule, alerts: chosen, answers: answers, surveys: surveys, account: account,
            language: language, place: place, allowance: allowance, claim: claim,
            attempts: (chosen.map(\.attempts).max() ?? 0) + 1,
            expiresAt: chosen.map(\.expiresAt).max() ?? now, clearsAlarm: clearsAlarm)
    }

    private func allowance(
        _ rule: AlertRule, _ recipient: Int64, in tx: any Connection
    ) throws -> Allowance {
        let (burst, perSecond) = rule.destination.robot?.allowance ?? AlertRule.mailAllowance
        return try Allowance.find(
            rule.hook?.key ?? "member \(recipient)", account: rule.account, burst: burst,
            perSecond: perSecond, at: now, in: tx)
    }

    /// `nil` where nobody is there any more.
    private func place(
        _ rule: AlertRule, _ recipient: Int64, _ account: Account, in tx: any Connection
    ) throws -> (OutgoingAlert.Place, ReaderLanguage)? {
        if let robot = rule.destination.robot {
            guard let opened = rule.opened(by: seal) else { return nil }
            return (.robot(robot, url: opened.url, secret: opened.secret), account.language)
        }
        let id = Member.ID(recipient)
        guard rule.members.contains(id), try Membership.isHere(id, account: rule.account, in: tx) else {
            return nil
        }
        let member = try Member.find(id, in: tx)
        return (.member(name: member.name, address: member.email), member.language ?? account.language)
    }
}

extension Membership {
    static func isHere(_ member: Member.ID, account: Int64, in tx: any Connection) throws -> Bool {
        try !tx.run(
            """
            SELECT member_id FROM memberships
            WHERE account_id = \(account) AND member_id = \(member) AND left_at IS NULL LIMIT 1
            """
        ).isEmpty
    }
}
