import ArgumentParser
import CSQLite
import Foundation

/// `rapport-bench disk`: durable commits a second through SQLite's own interface, with one row and with 64
/// rows each, and the time of one `fdatasync`, as one JSON object.
struct DiskCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disk", abstract: "Measure the disk under SQLite alone.")

    @Option(name: .long, help: "A folder on the disk to measure.") var folder: String
    @Option(name: .long, help: "Seconds for each of three measures.") var seconds = 1.0

    func run() throws {
        let single = try rowsPerSecond(perCommit: 1)
        let grouped = try rowsPerSecond(perCommit: 64)
        let syncs = try syncSeconds().sorted()
        print(
            """
            {"single": \(single), "grouped": \(grouped), "sync_p50_ms": \(syncs[syncs.count / 2] * 1000), \
            "sync_p99_ms": \(syncs[syncs.count * 99 / 100] * 1000)}
            """)
    }

    /// Rows of about 80 bytes with one index, `synchronous=FULL`.
    private func rowsPerSecond(perCommit: Int) throws -> Double {
        let path = folder + "/disk.db"
        defer { for ending in ["", "-wal", "-shm"] { unlink(path + ending) } }
        var handle: OpaquePointer?
        guard sqlite3_open(path, &handle) == SQLITE_OK else { throw CleanExit.message("cannot open \(path)") }
        defer { sqlite3_close(handle) }
        for statement in [
            "PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA wal_autocheckpoint = 4000",
            "CREATE TABLE r (id INTEGER PRIMARY KEY, place INT, score INT, at INT, words TEXT)",
            "CREATE INDEX r_by_place ON r (place, at)",
        ] { try execute(statement, handle) }
        var insert: OpaquePointer?
        let text = "INSERT INTO r (place, score, at, words) VALUES (?, ?, ?, ?)"
        guard sqlite3_prepare_v2(handle, text, -1, &insert, nil) == SQLITE_OK else { throw failure(handle) }
        defer { sqlite3_finalize(insert) }
        let words = "The second line was helpful and quick, thank you kindly."
        let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        var count = 0
        let begun = ContinuousClock.now
        while ContinuousClock.now - begun < .seconds(seconds) {
            try execute("BEGIN IMMEDIATE", handle)
            for _ in 0..<perCommit {
                sqlite3_bind_int64(insert, 1, 1)
                sqlite3_bind_int64(insert, 2, Int64(count % 11))
                sqlite3_bind_int64(insert, 3, Int64(count))
                sqlite3_bind_text(insert, 4, words, -1, copied)
                guard sqlite3_step(insert) == SQLITE_DONE else { throw failure(handle) }
                sqlite3_reset(insert)
                count += 1
            }
            try execute("COMMIT", handle)
        }
        return Double(count) / ((ContinuousClock.now - begun) / .seconds(1))
    }

    /// One append of 4 KiB each.
    private func syncSeconds() throws -> [Double] {
        let path = folder + "/disk"
        let file = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0o600)
        guard file >= 0 else { throw CleanExit.message("cannot write \(path)") }
        defer {
            close(file)
            unlink(path)
        }
        let block = [UInt8](repeating: 120, count: 4096)
        var times: [Double] = []
        let begun = ContinuousClock.now
        while times.count < 100 || ContinuousClock.now - begun < .seconds(seconds) {
            let start = ContinuousClock.now
            guard write(file, block, block.count) == block.count, fdatasync(file) == 0 else {
                throw CleanExit.message("cannot write \(path)")
            }
            times.append((ContinuousClock.now - start) / .seconds(1))
        }
        return times
    }

    private func execute(_ statement: String, _ handle: OpaquePointer?) throws {
        guard sqlite3_exec(handle, statement, nil, nil, nil) == SQLITE_OK else { throw failure(handle) }
    }
    private func failure(_ handle: OpaquePointer?) -> any Error {
        ValidationError(String(cString: sqlite3_errmsg(handle)))
    }
}
