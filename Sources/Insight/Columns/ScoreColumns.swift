import Columns
package import Database
import Dispatch
import Foundation
import Logging
import Synchronization

/// Packed columns of the answers of an account: what no cell of `ScoreDays` covers is counted from them.
///
/// Kept by each serving process for itself, from an account's first such question on, in step with the
/// sealed events. What was recorded since stands in the rows, so an answer is never older than its
/// transaction.
package final class ScoreColumns: Sendable {
    private struct State {
        var views: [Int64: ColumnView] = [:]
        /// Accounts whose columns are kept.
        var kept: Set<Int64> = []
    }

    private static let look = Duration.seconds(1)
    private static let checkpointPause = Duration.seconds(30)

    private let database: any Database
    private let folder: String
    private let lock: ServeLock
    private let state = Mutex(State())
    private let keeper: Keeper

    /// Throws `ServeLock.Held` where another process keeps its columns in this folder.
    package init(_ database: any Database, folder: String) throws {
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        lock = try ServeLock(folder: folder)
        self.database = database
        self.folder = folder
        keeper = Keeper(database, folder: folder)
        let known = try FileManager.default.contentsOfDirectory(atPath: folder).compactMap { Int64($0) }
        state.withLock { $0.kept = Set(known) }
    }

    /// The columns of an account as they stand now. To be taken before the transaction that counts: what
    /// they hold is then a part of what it sees.
    package func now(of account: Int64) -> Standing {
        Standing(view: state.withLock { $0.views[account] }) { [self] in
            _ = state.withLock { $0.kept.insert(account) }
        }
    }

    /// What one question is given.
    package struct Standing: Sendable {
        let view: ColumnView?
        /// Called where a question needed columns: from now on they are kept.
        let want: @Sendable () -> Void
    }

    /// Keeps all columns in step until cancelled, then writes down how far they are.
    package func run() async {
        var lastCheckpoint = ContinuousClock.now
        while !Task.isCancelled {
            await catchUp()
            if lastCheckpoint.duration(to: .now) > Self.checkpointPause {
                await keeper.checkpoint()
                lastCheckpoint = .now
            }
            try? await Task.sleep(for: Self.look)
        }
        await keeper.checkpoint()
    }

    /// Takes in what was sealed since.
    package func catchUp() async {
        let kept = state.withLock { $0.kept }
        guard !kept.isEmpty, let heads = try? await database.read({ tx in try ColumnBatch.heads(in: tx) })
        else { return }
        for account in kept.sorted() {
            let known = state.withLock { $0.views[account]?.position }
            if let known, known == heads[account] { continue }
            await keeper.catchUp(account) { [self] view in state.withLock { $0.views[account] = view } }
        }
    }

    /// Writes down how far the columns are.
    package func checkpoint() async { await keeper.checkpoint() }
}

/// Owns the files: one hand writes them.
private actor Keeper {
    private let database: any Database
    private let folder: String
    private var open: [Int64: ColumnFolder] = [:]
    private var changed: Set<Int64> = []
    private let queue = DispatchQueue(label: "columns")
    private let log = Logger(label: "columns")

    init(_ database: any Database, folder: String) {
        self.database = database
        self.folder = folder
    }

    /// Until all that is sealed is in. A failure leaves the columns where they are, or lets go of them; the
    /// rows have what they lack.
    func catchUp(_ account: Int64, publish: @Sendable (ColumnView?) -> Void) async {
        do {
            while !Task.isCancelled, try await advance(account) { publish(open[account]?.view) }
        } catch {
            publish(nil)
            log.error("cannot keep columns", metadata: ["account": "\(account)", "reason": "\(error)"])
        }
    }

    /// False where nothing new was found.
    private func advance(_ account: Int64) async throws -> Bool {
        let path = "\(folder)/\(account)"
        // Taken out, so that it is changed in place, and gone when that fails.
        var columns = open.removeValue(forKey: account)
        let isNew = columns == nil
        if isNew { columns = try await blocking { try? ColumnFolder(at: path) } }
        let (label, position, mark) = (columns?.label, columns?.position ?? 0, columns?.mark ?? 0)
        let batch = try await database.read { tx in
            try ColumnBatch(account: account, label: label, after: position, mark: mark, in: tx)
        }
        let old = columns
        columns = nil
        let kept: ColumnFolder = try await blocking {
            var columns = batch.isContinued ? old : nil
            if columns == nil { columns = try ColumnFolder(anewAt: path, label: batch.label) }
            guard var columns else { throw CancellationError() }
            try columns.append(batch.rows, through: batch.through, mark: batch.mark)
            if let surveys = batch.surveys { columns.keep(surveys) }
            return columns
        }
        open[account] = kept
        if batch.through == position, batch.isContinued { return isNew }
        changed.insert(account)
        return true
    }

    func checkpoint() async {
        for account in changed {
            changed.remove(account)
            guard let columns = open[account] else { continue }
            do {
                try await blocking { try columns.checkpoint() }
            } catch {
                log.error("cannot write columns down", metadata: ["reason": "\(error)"])
            }
        }
    }

    /// Files block: never on the threads that all tasks share.
    private func blocking<Value: Sendable>(
        _ work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result(catching: work)) }
        }
    }
}
