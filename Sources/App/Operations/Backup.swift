import Database
import Formats
import Foundation
import Kernel

/// Writes one snapshot of a database, and the secret key, into one file: tables as lines of JSON in a tar, so
/// that a backup of one engine can be restored into the other, and anybody can read it.
struct Backup: Sendable {
    /// Lines are cut into members of about this size, so that memory does not grow with a table.
    static let memberBytes = 4 << 20

    let secret: [UInt8]
    let madeAt: Timestamp

    /// Writes beside `path` and renames when all is on the disk: `path` is whole, or as it was. Others may
    /// read and write the database meanwhile.
    func write(_ database: any Database, to path: String) async throws -> BackupManifest {
        let part = path + ".part"
        defer { try? FileManager.default.removeItem(atPath: part) }
        let manifest = try await database.read { tx in try write(tx, to: part) }
        guard rename(part, path) == 0 else {
            throw CommandFailure("\(path) cannot be written: \(String(cString: strerror(errno))).")
        }
        try Self.sync(folderOf: path)
        return manifest
    }

    private func write(_ tx: any Connection, to path: String) throws -> BackupManifest {
        let archive = try ArchiveWriter(path: path, modifiedAtSeconds: madeAt.milliseconds / 1000)
        var manifest = BackupManifest(
            madeAt: madeAt, engine: "\(tx.dialect)", version: RapportCommand.version,
            migrations: try TableShape.migrations(in: tx))
        func add(_ name: String, _ bytes: [UInt8]) throws {
            try archive.add(name, bytes)
            manifest.members.append(.init(name: name, sum: BackupManifest.sum(bytes)))
        }
        try add(BackupManifest.secretName, secret)
        for shape in try TableShape.all(in: tx) where !TableShape.leftOut.contains(shape.name) {
            var (lines, rows, members): ([UInt8], Int, Int) = ([], 0, 0)
            func flush() throws {
                if lines.isEmpty { return }
                members += 1
                try add("tables/\(shape.name).\(members.padded(5)).ndjson", lines)
                lines.removeAll(keepingCapacity: true)
            }
            try shape.each(in: tx) { values in
                lines += shape.line(values)
                lines.append(UInt8(ascii: "\n"))
                rows += 1
                if lines.count >= Self.memberBytes { try flush() }
            }
            try flush()
            manifest.tables.append(.init(shape: shape, rows: rows))
        }
        let text = manifest.json.encoded() + [UInt8(ascii: "\n")]
        try archive.add(BackupManifest.name, text)
        let sum = "\(BackupManifest.sum(text))  \(BackupManifest.name)\n"
        try archive.add(BackupManifest.sumName, Array(sum.utf8))
        try archive.finish()
        return manifest
    }

    /// Waits until the names in a folder are on the disk.
    static func sync(folderOf path: String) throws {
        let folder = (path as NSString).deletingLastPathComponent
        let descriptor = open(folder.isEmpty ? "." : folder, O_RDONLY | O_CLOEXEC)
        defer { close(descriptor) }
        guard descriptor >= 0, fsync(descriptor) == 0 else {
            throw CommandFailure("\(folder) cannot be synced: \(String(cString: strerror(errno))).")
        }
    }
}
