import Customers
import Formats
import Kernel
import Ledger

/// Writes each erasure into the list outside the database, after the transaction that erased.
enum ErasureLogJobs {
    static let note = JobKind("erasure.note")

    static func consumer(world: World) -> Consumer {
        Consumer("erasure-log", kinds: [.customerErased]) { account, events, tx in
            for event in events {
                try Job.enqueue(
                    note, key: "\(event.subject)",
                    payload: [
                        "customer": .string(Customer.ID(event.subject).description),
                        "at": .string(event.happenedAt.rfc3339),
                    ], account: account, at: world.now(), id: world.newID(), in: tx)
            }
        }
    }

    static func writer(_ log: ErasureLog) -> JobHandler {
        JobHandler(note) { context in
            let payload = try context.job.payload
            guard let customer = payload["customer"]?.string.flatMap({ Customer.ID($0) }),
                let at = payload["at"]?.string.flatMap({ Timestamp(rfc3339: $0) })
            else { return .hopeless(FailureReason("no erasure")) }
            try log.append([.init(at: at, account: context.job.account, customer: customer)])
            return .done
        }
    }
}
