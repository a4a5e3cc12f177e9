import CSQLite
import Dispatch
import Synchronization

/// Brings what was committed from the write-ahead log into the file, on a connection of its own: the writer,
/// and whoever waits for it, would stand still for as long.
///
/// A log begins anew when all of it was brought over and nobody reads it (sqlite.org/wal.html,
/// "Checkpointing"), and the writer adds to it meanwhile. So the writer itself brings over the little that is
/// left, right after.
final class Checkpointer: @unchecked Sendable {
    private enum Stage: Int, AtomicRepresentable { case resting, copying, copied }

    /// Of 4 KiB in the log, before it is worth a sync of the file.
    static let manyPages = 4000

    private let queue = DispatchQueue(label: "checkpoint")
    /// Used on the queue only.
    private var connection: SQLiteConnection?
    private let stage = Atomic(Stage.resting)

    init(path: String) throws {
        let connection = try SQLiteConnection(path: path)
        try connection.run("PRAGMA synchronous = FULL")
        self.connection = connection
    }

    /// What the writer does after each commit, on its own thread, with as many pages in the log.
    func committed(pages: Int, by writer: SQLiteConnection) {
        switch stage.load(ordering: .acquiring) {
        case .resting where pages >= Self.manyPages:
            stage.store(.copying, ordering: .relaxed)
            queue.async { [self] in
                connection?.checkpoint()
                stage.store(.copied, ordering: .releasing)
            }
        case .copied:
            writer.checkpoint()
            stage.store(.resting, ordering: .relaxed)
        case .resting, .copying: break
        }
    }

    /// Waits for what is on its way, and lets go of the file.
    func end() async {
        await withCheckedContinuation { done in
            queue.async { [self] in
                connection = nil
                done.resume()
            }
        }
    }
}
