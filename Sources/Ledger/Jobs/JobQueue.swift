package import Kernel

/// What an operator sees of all jobs of an account at once.
package struct JobQueue: Equatable, Sendable {
    package struct Count: Equatable, Sendable {
        package let kind: JobKind
        package let state: Job.State
        package let jobs: Int
    }
    /// By kind, then state.
    package let counts: [Count]
    /// Since when the oldest job that is due waits; `nil` when none is due. More than minutes: nobody works.
    package let oldestDue: Timestamp?
}
