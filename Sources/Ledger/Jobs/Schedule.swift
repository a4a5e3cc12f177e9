import Kernel

/// A job for all accounts in each slot of time: `every` 15 minutes from midnight UTC, each slot once, however
/// many processes ask. Slots in which nobody worked are not made up for.
package struct Schedule: Sendable {
    package let kind: JobKind
    package let every: Duration

    package init(_ kind: JobKind, every: Duration) {
        precondition(every >= .seconds(1))
        self.kind = kind
        self.every = every
    }

    /// The beginning of the slot that `now` lies in.
    func slot(at now: Timestamp) -> Timestamp {
        let length = every.components.seconds * 1000
        return Timestamp(milliseconds: now.milliseconds.dividedRoundingDown(by: length).quotient * length)
    }
}
