import Foundation

/// The tables that follow one numbered list, in a folder of their own: `checkpoint`, and `ID.blocks` for
/// each table.
///
/// Blocks are written as they fill; what is not yet a block stands in memory and in the checkpoint. A process
/// that dies loses what came after its last checkpoint, and reads it again from the list.
package struct ColumnFolder: Sendable {
    private let path: String
    /// What the rows depend on beside the list: another one means to begin anew.
    package let label: String
    /// How far the list has been taken in.
    package private(set) var position: Int
    /// What stands at that position: another mark there means another list.
    package private(set) var mark: Int64
    private var tables: [Int64: ColumnTable]
    private var packed: [Int64: PackedTable]

    /// What can be asked now.
    package var view: ColumnView { ColumnView(label: label, position: position, tables: packed) }

    /// As the last checkpoint left it. Throws where there is none, or a file is not what it says.
    package init(at path: String) throws {
        guard let bytes = FileManager.default.contents(atPath: path + "/checkpoint") else {
            throw ColumnBlock.Damaged()
        }
        let checkpoint = try Checkpoint([UInt8](bytes))
        self.path = path
        label = checkpoint.label
        position = checkpoint.position
        mark = checkpoint.mark
        tables = [:]
        packed = [:]
        for kept in checkpoint.tables {
            let table = try ColumnTable(
                try BlockFile(Self.file(kept.id, in: path)), words: kept.words, gathered: kept.gathered,
                isWhole: kept.isWhole, length: kept.length)
            tables[kept.id] = table
            packed[kept.id] = try table.packed()
        }
    }

    /// Empty; what the folder held is gone.
    package init(anewAt path: String, label: String) throws {
        try? FileManager.default.removeItem(atPath: path)
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        self.path = path
        self.label = label
        (position, mark, tables, packed) = (0, 0, [:], [:])
    }

    /// Takes in the next part of the list, up to `position`, where `mark` stands.
    package mutating func append(
        _ rows: [(table: Int64, row: ColumnRow)], through position: Int, mark: Int64
    ) throws {
        for (id, row) in rows {
            if tables[id] == nil { tables[id] = try ColumnTable(BlockFile(Self.file(id, in: path))) }
            try tables[id]?.append(row)
        }
        for id in Set(rows.map(\.table)) { packed[id] = try tables[id]?.packed() }
        (self.position, self.mark) = (position, mark)
    }

    /// Lets go of all other tables.
    package mutating func keep(_ ids: Set<Int64>) {
        for id in tables.keys where !ids.contains(id) {
            (tables[id], packed[id]) = (nil, nil)
            try? FileManager.default.removeItem(atPath: Self.file(id, in: path))
        }
    }

    /// Writes down how far the tables are, so that another process can go on from there.
    package func checkpoint() throws {
        let kept = tables.sorted { $0.key < $1.key }.map { id, table in
            Checkpoint.Table(
                id: id, length: table.length, isWhole: table.isWhole, words: table.words,
                gathered: table.gathered)
        }
        let bytes = Checkpoint(label: label, position: position, mark: mark, tables: kept).bytes
        let (old, new) = (path + "/checkpoint", path + "/checkpoint.new")
        guard
            FileManager.default.createFile(
                atPath: new, contents: Data(bytes), attributes: [.posixPermissions: 0o600]),
            rename(new, old) == 0
        else { throw ColumnsUnavailable(new) }
    }

    private static func file(_ id: Int64, in path: String) -> String { "\(path)/\(id).blocks" }
}

/// All tables at one position of the list.
package struct ColumnView: Sendable {
    package let label: String
    package let position: Int
    package let tables: [Int64: PackedTable]
}
