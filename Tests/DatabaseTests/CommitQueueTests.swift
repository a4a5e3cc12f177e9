import Dispatch
import Kernel
import Synchronization
import Testing

@testable import Database

private struct Conflict: Error {}

/// Does nothing, and fails where it is told to.
private final class PaperConnection: SessionConnection {
    let dialect = Dialect.sqlite
    let begun: Atomic<Int>
    private let commits = Tally()
    /// Which of its commits meet others: the first is 1.
    private let conflicts: Range<Int>
    private let onCommit: @Sendable () throws -> Void

    init(conflicts: Range<Int> = 0..<0, onCommit: @escaping @Sendable () throws -> Void = {}) {
        begun = Atomic(0)
        self.conflicts = conflicts
        self.onCommit = onCommit
    }

    func begin(_ isolation: Isolation) throws { begun.add(1, ordering: .relaxed) }
    func settle() throws {}
    func commit() throws {
        if conflicts.contains(commits.add()) { throw Conflict() }
        try onCommit()
    }
    func rollBack() {}
    func remedy(for error: any Error) -> Remedy {
        error is Conflict ? .runAgain : error is OutcomeUnknown ? .failTogether : .failAlone
    }
    func execute(_ sql: SQL) throws -> [Row] { [] }
    func stream(_ sql: SQL, _ body: (Row) throws -> Void) throws {}
    func view(_ sql: SQL, _ body: (RowView) throws -> Void) throws {}
    func load(_ new: NewRows) throws -> Int { 0 }
}

@Suite struct CommitQueueTests {
    private let impatient = Patience(
        waiting: .milliseconds(100), committing: .milliseconds(100), mostWaiting: 10)

    @Test func `more bodies than the list holds are refused at once`() async throws {
        let queue = CommitQueue([PaperConnection()], largestBatch: 1, patience: Patience(mostWaiting: 10))
        let gate = DispatchGate()
        let begun = DispatchGate()
        let first = Task {
            try await queue.perform(.serializable) { _ in
                begun.open()
                gate.wait()
            }
        }
        try await begun.opened()
        let rest = (1...25).map { number in Task { try await queue.perform(.serializable) { _ in number } } }
        try await Task.sleep(for: .milliseconds(200))
        gate.open()
        try await first.value
        var outcomes: [Bool] = []
        for one in rest {
            do { outcomes.append(try await one.value > 0) } catch is DatabaseBusy { outcomes.append(false) }
        }
        #expect(outcomes.filter { $0 }.count == 10)
    }

    @Test func `a body that waits for too long is sent away and never run`() async throws {
        let queue = CommitQueue([PaperConnection()], largestBatch: 1, patience: impatient)
        let gate = DispatchGate(), begun = DispatchGate()
        let first = Task {
            try await queue.perform(.serializable) { _ in
                begun.open()
                gate.wait()
            }
        }
        try await begun.opened()
        let runs = Tally()
        await #expect(throws: DatabaseBusy.self) {
            try await queue.perform(.serializable) { _ in runs.add() }
        }
        gate.open()
        try await first.value
        await queue.close()
        #expect(runs.count == 0)
    }

    @Test(arguments: [(conflicts: 0, runs: 1), (19, 20), (40, 41)])
    func `a conflict is tried until nobody is met`(conflicts: Int, runs: Int) async throws {
        let connection = PaperConnection(conflicts: 1..<1 + conflicts)
        let queue = CommitQueue([connection], largestBatch: 1)
        try await queue.perform(.serializable) { _ in }
        await queue.close()
        #expect(connection.begun.load(ordering: .relaxed) == runs)
    }

    @Test func `who meets others for too long is told that all are busy`() async throws {
        let connection = PaperConnection(conflicts: 1..<1_000_000)
        let queue = CommitQueue([connection], largestBatch: 1, patience: impatient)
        await #expect(throws: DatabaseBusy.self) { try await queue.perform(.serializable) { _ in } }
        await queue.close()
    }

    /// What waits when a reader begins is answered from its snapshot; one that throws ends the sharing and is
    /// tried on its own.
    @Test func `reads that wait share a snapshot, and one that throws fails alone`() async throws {
        let connection = PaperConnection()
        let queue = CommitQueue([connection], largestBatch: 1, sharesSnapshots: true)
        let gate = DispatchGate(), begun = DispatchGate()
        let first = Task {
            try await queue.perform(.serializable) { _ in
                begun.open()
                gate.wait()
            }
        }
        try await begun.opened()
        let waiting = (1...20).map { number in
            Task {
                try await queue.perform(.serializable) { _ in
                    if number == 7 { throw DatabaseClosed() }
                    return number
                }
            }
        }
        while queue.waitingCount < 20 { try await Task.sleep(for: .milliseconds(2)) }
        gate.open()
        try await first.value
        for (number, one) in zip(1..., waiting) {
            if number == 7 {
                await #expect(throws: DatabaseClosed.self) { try await one.value }
            } else {
                #expect(try await one.value == number)
            }
        }
        await queue.close()
        // The first one alone, for nobody waited when it began; the others; the one that threw, again; and
        // those after it.
        #expect(connection.begun.load(ordering: .relaxed) <= 4)
    }

    @Test func `a batch whose commit was lost is not run again`() async throws {
        let connection = PaperConnection { throw OutcomeUnknown(reason: "cable") }
        let queue = CommitQueue([connection], largestBatch: 256)
        let unknown = await withTaskGroup(of: Bool.self) { group in
            for _ in 1...20 {
                group.addTask {
                    do { try await queue.perform(.serializable) { _ in } } catch {
                        return error is OutcomeUnknown
                    }
                    return false
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(unknown == 20)
        #expect(connection.begun.load(ordering: .relaxed) <= 20)
    }

    /// Two sessions, and what a COMMIT of either waits for is gone: the second one is not sent after the
    /// first.
    @Test func `a commit that hangs is unknown, and nobody begins until it is answered`() async throws {
        // For as long as it takes: a gate that opens by itself would answer the COMMIT on a slow machine.
        let answered = DispatchSemaphore(value: 0)
        let connections = (1...2).map { _ in
            PaperConnection {
                answered.wait()
                answered.signal()
            }
        }
        let queue = CommitQueue(connections, largestBatch: 1, patience: impatient)
        func begun() -> Int { connections.reduce(0) { $0 + $1.begun.load(ordering: .relaxed) } }
        await #expect(throws: OutcomeUnknown.self) { try await queue.perform(.serializable) { _ in } }
        await #expect(throws: DatabaseBusy.self) { try await queue.perform(.serializable) { _ in } }
        #expect(begun() == 1)
        answered.signal()
        var answer: Int?
        while answer == nil {
            do { answer = try await queue.perform(.serializable) { _ in 7 } } catch is DatabaseBusy {
                try await Task.sleep(for: .milliseconds(2))
            }
        }
        #expect(answer == 7 && begun() == 2)
    }

    @Test func `a contended batch is split, so that its bodies conflict alone`() async throws {
        let connection = PaperConnection(conflicts: 2..<4)
        let queue = CommitQueue([connection], largestBatch: 256)
        let gate = DispatchGate(), begun = DispatchGate()
        let first = Task {
            try await queue.perform(.serializable) { _ in
                begun.open()
                gate.wait()
            }
        }
        try await begun.opened()
        let rest = (1...3).map { number in Task { try await queue.perform(.serializable) { _ in number } } }
        try await Task.sleep(for: .milliseconds(200))
        gate.open()
        try await first.value
        var answers: [Int] = []
        for one in rest { answers.append(try await one.value) }
        #expect(answers == [1, 2, 3])
        // The first, the batch twice, and each of its three alone.
        #expect(connection.begun.load(ordering: .relaxed) == 6)
    }

    @Test(arguments: [
        (DatabaseBusy() as any DomainErrorConvertible, DomainError.Kind.busy), (DatabaseClosed(), .busy),
        (DatabaseUnavailable(reason: ""), .busy), (OutcomeUnknown(reason: ""), .busy),
        (UnstorableText(), .malformed),
    ])
    func `what failed has a sentence for the caller`(
        error: any DomainErrorConvertible, kind: DomainError.Kind
    ) {
        #expect(error.domainError.kind == kind)
        #expect((error.domainError.retryAfterSeconds != nil) == (kind == .busy))
    }

    @Test func `bodies that wait share a commit`() async throws {
        let connection = PaperConnection()
        let queue = CommitQueue([connection], largestBatch: 256)
        let gate = DispatchGate(), begun = DispatchGate()
        let first = Task {
            try await queue.perform(.serializable) { _ in
                begun.open()
                gate.wait()
            }
        }
        try await begun.opened()
        let runs = Tally()
        let rest = (1...100).map { _ in
            Task { _ = try await queue.perform(.serializable) { _ in runs.add() } }
        }
        try await Task.sleep(for: .milliseconds(200))
        gate.open()
        try await first.value
        for one in rest { try await one.value }
        #expect(connection.begun.load(ordering: .relaxed) == 2)
        #expect(runs.count == 100)
    }
}
