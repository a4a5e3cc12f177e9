import Customers
package import Database
package import Kernel
package import Ledger

/// What lets rules see what happens, and whose turn it is.
package enum AskRuleJobs {
    package static let turns = JobKind("asking.take_turns")
    package static let schedule = Schedule(turns, every: .seconds(900))
    /// Of all accounts.
    private static let mostBySchedule = 10_000

    /// Lets rules decide about each customer event, and about what the product itself tells of a case.
    package static func asker(world: World, secret: [UInt8]) -> Consumer {
        let asking = Asking(world: world, secret: secret)
        return Consumer("ask-rules", kinds: [.customerEventRecorded] + AskRule.ledgerEvents) {
            account, events, tx in
            try asking.take(events, account: account, in: tx)
        }
    }

    /// Asks by the calendar. Each step is its own transaction, so that a large account keeps nobody waiting.
    package static func turner(database: any Database, world: World, secret: [UInt8]) -> JobHandler {
        let asking = Asking(world: world, secret: secret)
        return JobHandler(turns) { _ in
            let rules = try await database.read { tx in
                try AskRule.bySchedule(limit: mostBySchedule, in: tx)
            }
            for rule in rules {
                var more = true
                while more {
                    more = try await database.write { tx in
                        try asking.takeTurns(rule.id, account: rule.account, in: tx)
                    }
                }
            }
            return .done
        }
    }
}
