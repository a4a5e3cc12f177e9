package import Formats
package import Kernel

/// The name of what a job does, as `noun.verb`: `case.escalate`. Stored: never reword one.
package struct JobKind: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String

    /// Anything but `noun.verb` in small letters is no kind.
    package init?(rawValue: String) {
        guard isDottedName(rawValue) else { return nil }
        self.rawValue = rawValue
    }
    /// For names in the source: a wrong shape is a bug and traps.
    package init(_ name: StaticString) {
        precondition(isDottedName("\(name)"), "a job is named noun.verb")
        rawValue = "\(name)"
    }

    package var description: String { rawValue }
}

/// Work that is slow, waits for a time, or touches the outside. Runs at least once; account, kind and key
/// name it, so that enqueuing it again changes nothing.
package struct Job: Equatable, Sendable {
    package typealias ID = Identifier<Job>

    /// waiting → running → done; back to waiting after a failure, failed after the last; cancelled by a
    /// person.
    package enum State: String, Sendable, CaseIterable { case waiting, running, done, failed, cancelled }

    /// The account of jobs that serve all accounts.
    package static let everyAccount: Int64 = 0

    package let id: ID
    package let account: Int64
    package let kind: JobKind
    package let key: String
    package let payloadText: String
    package let state: State
    package let runAt: Timestamp
    /// Begun so far.
    package let attempts: Int
    /// Grows with each claim: who holds an older one may write nothing.
    let leaseToken: Int64
    package let leasedUntil: Timestamp
    /// Of the last attempt that failed.
    package let lastError: String?
    package let createdAt: Timestamp
    package let finishedAt: Timestamp?

    /// Ids, as they were enqueued.
    package var payload: JSONObject {
        get throws { try JSONValue(parsing: payloadText).object ?? [:] }
    }
}

extension Job: Noun { package static let idPrefix = "job" }

extension EventKind {
    package static let jobRetried = EventKind("job.retried")
    package static let jobCancelled = EventKind("job.cancelled")
}

extension DomainError {
    /// Only what has failed for good is tried again by hand.
    package static let jobNotFailed = DomainError(.conflict, "job-not-failed")
    /// Done, failed and cancelled jobs cannot be cancelled.
    package static let jobAlreadyEnded = DomainError(.conflict, "job-already-ended")
}
