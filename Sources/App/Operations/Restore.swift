import Alerts
import Database
import Formats
import Foundation
import Kernel
import Schema
import Surveys

/// Reads a backup: all checksums first, then every row, in one transaction.
struct Restore: Sendable {
    private static let rowsAtOnce = 100
    let path: String
    let manifest: BackupManifest
    private(set) var secret: [UInt8] = []

    /// Reads the whole file once. Throws `CommandFailure` for one that is damaged.
    init(path: String) throws {
        self.path = path
        let archive = try ArchiveReader(path: path)
        var sums: [BackupManifest.Member] = []
        var (text, sum, secret): ([UInt8], String, [UInt8]) = ([], "", [])
        while let (name, bytes) = try archive.next() {
            switch name {
            case BackupManifest.name: text = bytes
            case BackupManifest.sumName: sum = String(decoding: bytes, as: UTF8.self)
            default: sums.append(.init(name: name, sum: BackupManifest.sum(bytes)))
            }
            if name == BackupManifest.secretName { secret = bytes }
        }
        guard sum == "\(BackupManifest.sum(text))  \(BackupManifest.name)\n",
            let manifest = (try? JSONValue(parsing: text)).flatMap(BackupManifest.init)
        else { throw CommandFailure("\(path) holds no sound manifest: it is damaged, or no backup.") }
        for (said, found) in zip(manifest.members, sums) where said != found {
            throw CommandFailure("\(path): \(said.name) is damaged.")
        }
        guard manifest.members == sums else { throw CommandFailure("\(path): a member is missing.") }
        self.manifest = manifest
        self.secret = secret
    }

    /// Throws `CommandFailure` unless `database` is empty and this program knows every migration of the
    /// backup.
    func requireFit(_ database: any Database, at now: Timestamp) async throws {
        let known = Schema.migrator.names(in: database.dialect)
        guard Set(manifest.migrations).isSubset(of: known) else {
            throw CommandFailure("The backup was made by a newer rapport (\(manifest.version)).")
        }
        let applied = Set(known).subtracting(try await Schema.migrator.pending(in: database))
        guard !applied.isEmpty else { return }
        let (isEmpty, isInUse) = try await database.read { tx in
            let tables = try TableShape.all(in: tx).filter { !TableShape.leftOut.contains($0.name) }
            return (
                try tables.allSatisfy { try $0.isEmpty(in: tx) },
                try TableShape.isInUse(at: now.milliseconds, in: tx)
            )
        }
        guard isEmpty, applied.isSubset(of: manifest.migrations) else {
            throw CommandFailure("The database is not empty: restore into a new one.")
        }
        guard !isInUse else {
            throw CommandFailure(
                "A process uses this database, or did within the last ten minutes.",
                code: CommandFailure.tryAgain)
        }
    }

    /// Makes the schema of the backup, fills it, and brings it up to date. All rows are there afterwards, or
    /// none.
    func fill(_ database: any Database, at now: Timestamp) async throws {
        let migrator = Schema.migrator.limited(to: Set(manifest.migrations))
        try await migrator.migrate(database, at: now)
        try await database.write(.insertOnly) { tx in try insert(in: tx) }
        try await Schema.migrator.migrate(database, at: now)
        try await database.write { tx in
            try Invitation.distrust(at: now, in: tx)
            try Notice.distrust(at: now, in: tx)
            try Alert.distrust(at: now, in: tx)
        }
    }

    private func insert(in tx: any Connection) throws {
        let archive = try ArchiveReader(path: path)
        let tables = Dictionary(
            manifest.tables.map { ($0.shape.name, $0.shape) }, uniquingKeysWith: { first, _ in first })
        var counts: [String: Int] = [:]
        while let (name, bytes) = try archive.next() {
            let parts = name.split(separator: "/")
            guard parts.count == 2, parts[0] == "tables" else { continue }
            guard let shape = tables[String(parts[1].prefix { $0 != "." })] else {
                throw CommandFailure("\(path): \(name) belongs to no table.")
            }
            counts[shape.name, default: 0] += try insert(bytes, into: shape, in: tx)
        }
        for table in manifest.tables where table.rows != counts[table.shape.name] ?? 0 {
            throw CommandFailure("\(path): \(table.shape.name) does not have \(table.rows) rows.")
        }
    }

    private func insert(_ bytes: [UInt8], into shape: TableShape, in tx: any Connection) throws -> Int {
        var (rows, count): ([[SQL]], Int) = ([], 0)
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            guard let values = (try? JSONValue(parsing: Array(line))).flatMap(shape.values) else {
                throw CommandFailure("\(path): a row of \(shape.name) cannot be read.")
            }
            rows.append(values)
            count += 1
            if rows.count == Self.rowsAtOnce {
                try shape.insert(rows, in: tx)
                rows.removeAll(keepingCapacity: true)
            }
        }
        try shape.insert(rows, in: tx)
        return count
    }
}

extension Restore {
    /// Restores what the settings name, which must be empty and without a server, and erases again who was
    /// erased since: those of the given lists and of the one that the settings name, if it is there.
    @discardableResult
    func run(
        _ settings: Settings, erasures logs: [ErasureLog] = [], isRehearsal: Bool, at now: Timestamp
    ) async throws -> ErasedAgain {
        try requireSecretFits(settings)
        var again = try ErasedAgain(logs, and: settings.erasureLog)
        if settings.databaseURL != nil {
            let database = try Installation.openDatabase(settings)
            do {
                try await requireFit(database, at: now)
                if !isRehearsal {
                    try await fill(database, at: now)
                    try await again.erase(in: database, secret: secret)
                    try keepSecret(settings)
                }
            } catch {
                await database.close()
                throw error
            }
            await database.close()
            if !isRehearsal { try again.keep(in: settings.erasureLog) }
            return again
        }
        if FileManager.default.fileExists(atPath: settings.databaseFile) {
            throw CommandFailure(
                "\(settings.dataFolder) holds a database already: restore into an empty folder.")
        }
        if !isRehearsal {
            try await makeFile(settings, &again, at: now)
            try again.keep(in: settings.erasureLog)
        }
        return again
    }

    /// Beside its final name first: a restore that is killed leaves no half database.
    private func makeFile(
        _ settings: Settings, _ again: inout ErasedAgain, at now: Timestamp
    ) async throws {
        let lock = try Installation.serveLock(settings)
        defer { withExtendedLifetime(lock) {} }
        let part = settings.databaseFile + ".restoring"
        func clear() {
            for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: part + ending) }
        }
        clear()
        defer { clear() }
        let database = try SQLiteDatabase(path: part)
        do {
            try await requireFit(database, at: now)
            try await fill(database, at: now)
            try await again.erase(in: database, secret: secret)
            let damage = try await database.integrityCheck()
            if let first = damage.first {
                throw CommandFailure("The restored database is unsound: \(first).")
            }
        } catch {
            await database.close()
            throw error
        }
        await database.close()
        try await Self.waitUntilWhole(part)
        try keepSecret(settings)
        guard rename(part, settings.databaseFile) == 0 else {
            throw CommandFailure("\(settings.databaseFile): \(String(cString: strerror(errno))).")
        }
        try Backup.sync(folderOf: settings.databaseFile)
    }

    /// The last connection that closes moves the log into the file and takes the log away.
    private static func waitUntilWhole(_ file: String) async throws {
        for _ in 0..<1000 where FileManager.default.fileExists(atPath: file + "-wal") {
            try await Task.sleep(for: .milliseconds(20))
        }
        guard !FileManager.default.fileExists(atPath: file + "-wal") else {
            throw CommandFailure("\(file) does not close.")
        }
    }

    private func requireSecretFits(_ settings: Settings) throws {
        guard let stored = FileManager.default.contents(atPath: settings.secretFile) else { return }
        guard Array(stored) == secret else {
            throw CommandFailure(
                "\(settings.secretFile) is another key than the backup's: move it away first.")
        }
    }

    private func keepSecret(_ settings: Settings) throws {
        let path = settings.secretFile
        if FileManager.default.fileExists(atPath: path) { return }
        let folder = (path as NSString).deletingLastPathComponent
        if !folder.isEmpty { try Installation.makeFolder(folder) }
        let isWritten = FileManager.default.createFile(
            atPath: path, contents: Data(secret), attributes: [.posixPermissions: 0o600])
        guard isWritten else { throw CommandFailure("\(path) cannot be written.") }
    }
}
