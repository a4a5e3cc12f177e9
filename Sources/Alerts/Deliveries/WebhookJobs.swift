package import Database
package import Kernel
package import Ledger

/// What plans messages to webhooks, and what forgets them.
package enum WebhookJobs {
    package static let forget = JobKind("webhooks.forget")
    package static let schedule = Schedule(forget, every: .seconds(3600))

    package static func consumer(world: World) -> Consumer {
        Consumer("webhooks", kinds: Webhook.offered) { account, events, tx in
            try WebhookDelivery.plan(events, account: account, world: world, in: tx)
        }
    }

    package static func forgetter(database: any Database, world: World) -> JobHandler {
        JobHandler(forget) { _ in
            let cutoff = world.now() - WebhookDelivery.kept
            while try await database.write({ tx in try WebhookDelivery.forget(before: cutoff, in: tx) }) > 0 {
            }
            return .done
        }
    }
}
