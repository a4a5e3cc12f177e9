package import Database
package import Kernel

/// How jobs of one kind are done. Runs at least once: what it does outside must bear repeating, what it does
/// inside the database belongs in the outcome's transaction and happens once.
package struct JobHandler: Sendable {
    package typealias Work = @Sendable (JobContext) async throws -> JobOutcome

    package let kind: JobKind
    package let maxAttempts: Int
    /// After this the job is cancelled and counts as failed. Heartbeats stop too, so that somebody else may
    /// try.
    package let maxRunTime: Duration
    let work: Work

    package init(
        _ kind: JobKind, maxAttempts: Int = 20, maxRunTime: Duration = .seconds(300), work: @escaping Work
    ) {
        self.kind = kind
        self.maxAttempts = maxAttempts
        self.maxRunTime = maxRunTime
        self.work = work
    }

    /// A job that only changes the database: its effect and its end are one transaction, so it happens
    /// exactly once.
    package static func inTransaction(
        _ kind: JobKind, maxAttempts: Int = 20,
        effect: @escaping @Sendable (JobContext, any Connection) throws -> Void
    ) -> JobHandler {
        JobHandler(kind, maxAttempts: maxAttempts) { job in .doneWith { tx in try effect(job, tx) } }
    }
}

/// How a job went, when it did not throw. A throw is a failure that may pass: it is tried again, later and
/// later.
package enum JobOutcome: Sendable {
    case done
    /// Done, and this belongs to it: runs in the transaction that marks the job done, or not at all.
    case doneWith(@Sendable (any Connection) throws -> Void)
    /// Not yet: run it again then. Uses up no attempt.
    case later(Timestamp)
    /// Trying again cannot help.
    case hopeless(FailureReason)
}

/// What a handler is given: its job, and the right to it.
package struct JobContext: Sendable {
    package let job: Job
    package let now: @Sendable () -> Timestamp
    package let isLastAttempt: Bool

    /// Throws `LeaseLost` when the job belongs to somebody else by now. Ask in the transaction that must not
    /// happen twice, such as the one that claims a recipient just before a message goes out.
    package func requireLease(in tx: any Connection) throws {
        guard try job.isStillHeld(at: now(), in: tx) else { throw LeaseLost(name: "job \(job.id)") }
    }
}
