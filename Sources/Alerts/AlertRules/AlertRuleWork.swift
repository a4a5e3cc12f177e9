import Accounts
import Database
package import Kernel
import Ledger
package import Outbound
import Surveys

/// What people and programs do with rules; pages and API take the same steps.
package struct AlertRuleWork: Sendable {
    let world: World
    let seal: RobotSeal
    /// Which addresses robots may have.
    let guarding: AddressGuard

    package init(world: World, secret: [UInt8], guarding: AddressGuard) {
        self.world = world
        self.guarding = guarding
        seal = RobotSeal(secret: secret)
    }

    /// Throws `invalid` where the account is full, or a survey or member is none of its own.
    func make(
        _ input: AlertRuleInput, account: Int64, by actor: Actor, in tx: any Connection
    ) throws -> AlertRule {
        let all = try AlertRule.list(account: account, limit: AlertRule.mostPerAccount, in: tx)
        guard all.count < AlertRule.mostPerAccount else {
            throw DomainError.invalid("/name", "too-many", ["max": String(AlertRule.mostPerAccount)])
        }
        try check(input, account: account, in: tx)
        let rule = try AlertRule.made(input, account: account, seal: seal, world: world)
        try rule.insert(by: actor, world: world, in: tx)
        return rule
    }

    func change(
        _ id: AlertRule.ID, account: Int64, by actor: Actor, in tx: any Connection,
        _ read: (AlertRule) throws -> AlertRuleInput
    ) throws -> AlertRule {
        var rule = try AlertRule.find(id, account: account, in: tx)
        let input = try read(rule)
        try check(input, account: account, in: tx)
        try rule.take(input, seal: seal, world: world)
        try rule.save(by: actor, world: world, in: tx)
        return rule
    }

    private func check(_ input: AlertRuleInput, account: Int64, in tx: any Connection) throws {
        if let survey = input.survey {
            do {
                _ = try Survey.find(survey, account: account, in: tx)
            } catch let error as DomainError where error.kind == .notFound {
                throw DomainError.invalid("/survey", "not-found")
            }
        }
        for (index, member) in input.members.enumerated() {
            guard try Membership.isHere(member, account: account, in: tx) else {
                throw DomainError.invalid("/to/members/\(index)", "not-found")
            }
        }
    }

    /// Plans a message that tries the way, past quiet hours. What became of it stands among the deliveries.
    func test(_ id: AlertRule.ID, account: Int64, in tx: any Connection) throws {
        let rule = try AlertRule.find(id, account: account, in: tx)
        try Alert.plan(nil, by: rule, heldUntil: nil, world: world, at: world.now(), in: tx)
    }
}
