import Customers
import Foundation
import Kernel

/// Who was erased, in a file beside the database: what an older backup cannot know, and `restore` does again.
/// It holds ids and times, no name and no address.
///
/// A line is `2026-11-22T03:00:00.000Z 1 cus_01…`: the moment, the account, the customer.
package struct ErasureLog: Sendable {
    struct Entry: Hashable, Sendable {
        let at: Timestamp
        let account: Int64
        let customer: Customer.ID
    }

    let path: String

    var isThere: Bool { FileManager.default.fileExists(atPath: path) }

    /// Returns when it is on the disk. May be called again for an entry: reading counts each person once.
    func append(_ entries: [Entry]) throws {
        let folder = (path as NSString).deletingLastPathComponent
        if !folder.isEmpty { try Installation.makeFolder(folder) }
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw CommandFailure("\(path) cannot be written: \(String(cString: strerror(errno))).")
        }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        let made = flock(descriptor, LOCK_EX)
        guard made == 0 else { throw CommandFailure("\(path) is locked.") }
        // A line that a crash cut short belongs to an entry that is written again.
        let kept = try file.readToEnd().map { $0.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0 } ?? 0
        try file.truncate(atOffset: UInt64(kept))
        try file.seek(toOffset: UInt64(kept))
        try file.write(contentsOf: Data(entries.map { $0.line + "\n" }.joined().utf8))
        try file.synchronize()
        if kept == 0 { try Backup.sync(folderOf: path) }
    }

    /// Each person once. Throws `CommandFailure` for a file that cannot be read or is none of ours.
    func entries() throws -> [Entry] {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw CommandFailure("\(path) cannot be read.")
        }
        var entries: [Entry] = []
        var known: Set<[Int64]> = []
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast()
        for (number, line) in lines.enumerated() {
            guard let entry = Entry(String(decoding: line, as: UTF8.self)) else {
                throw CommandFailure("\(path): line \(number + 1) is no erasure.")
            }
            if known.insert([entry.account, entry.customer.number]).inserted { entries.append(entry) }
        }
        return entries
    }
}

extension ErasureLog.Entry {
    fileprivate var line: String { "\(at.rfc3339) \(account) \(customer)" }

    fileprivate init?(_ line: String) {
        let parts = line.split(separator: " ")
        guard parts.count == 3, let at = Timestamp(rfc3339: String(parts[0])), let account = Int64(parts[1]),
            let customer = Customer.ID(String(parts[2]))
        else { return nil }
        self.init(at: at, account: account, customer: customer)
    }
}
