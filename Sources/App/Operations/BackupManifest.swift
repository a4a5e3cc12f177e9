import Crypto
import Formats
import Kernel

/// What a backup says of itself: the last member but its own checksum.
struct BackupManifest: Equatable, Sendable {
    static let format = 1
    static let name = "manifest.json"
    /// In the form of `sha256sum`, so that anybody can check it.
    static let sumName = "manifest.json.sha256"
    static let secretName = "secret.key"

    struct Table: Equatable, Sendable {
        let shape: TableShape
        var rows: Int
    }
    struct Member: Equatable, Sendable {
        let name: String
        let sum: String
    }

    let madeAt: Timestamp
    let engine: String
    let version: String
    let migrations: [String]
    var tables: [Table] = []
    var members: [Member] = []

    var rows: Int { tables.reduce(0) { $0 + $1.rows } }

    static func sum(_ bytes: [UInt8]) -> String { SHA256.hash(data: bytes).hexadecimal }

    var json: JSONValue {
        [
            "format": .integer(Int64(Self.format)), "made_at": .string(madeAt.rfc3339),
            "engine": .string(engine), "version": .string(version),
            "migrations": .array(migrations.map { .string($0) }),
            "tables": .array(
                tables.map { table in
                    [
                        "name": .string(table.shape.name), "rows": .integer(Int64(table.rows)),
                        "columns": .array(
                            table.shape.columns.map { column in
                                ["name": .string(column.name), "type": .string(column.type.rawValue)]
                            }),
                    ]
                }),
            "members": .array(
                members.map { ["name": .string($0.name), "sha256": .string($0.sum)] }),
        ]
    }
}

extension BackupManifest {
    /// `nil` for what is no manifest of a format that we know.
    init?(_ json: JSONValue) {
        guard json["format"]?.int == Self.format, let engine = json["engine"]?.string,
            let madeAt = json["made_at"]?.string.flatMap({ Timestamp(rfc3339: $0) }),
            let version = json["version"]?.string,
            let migrations = json["migrations"]?.array?.compactMap(\.string),
            let tables = json["tables"]?.array?.map(Table.init), !tables.contains(nil),
            let members = json["members"]?.array?.map(Member.init), !members.contains(nil)
        else { return nil }
        (self.madeAt, self.engine, self.version, self.migrations) = (madeAt, engine, version, migrations)
        self.tables = tables.compactMap(\.self)
        self.members = members.compactMap(\.self)
    }
}

extension BackupManifest.Table {
    fileprivate init?(_ json: JSONValue) {
        guard let name = json["name"]?.string, let rows = json["rows"]?.int,
            let columns = json["columns"]?.array?.map(TableShape.Column.init), !columns.contains(nil),
            let shape = TableShape(name: name, columns: columns.compactMap(\.self))
        else { return nil }
        self.init(shape: shape, rows: rows)
    }
}

extension BackupManifest.Member {
    fileprivate init?(_ json: JSONValue) {
        guard let name = json["name"]?.string, let sum = json["sha256"]?.string else { return nil }
        self.init(name: name, sum: sum)
    }
}

extension TableShape.Column {
    fileprivate init?(_ json: JSONValue) {
        guard let name = json["name"]?.string, let word = json["type"]?.string,
            let type = TableShape.ColumnType(rawValue: word)
        else { return nil }
        self.init(name: name, type: type)
    }
}
