import Database

extension TableShape {
    /// Every table in the order in which they were made, so that what a row refers to stands before it.
    static func all(in tx: any Connection) throws -> [TableShape] {
        switch tx.dialect {
        case .sqlite: try sqlite(in: tx)
        case .postgres: try postgres(in: tx)
        }
    }

    private static func sqlite(in tx: any Connection) throws -> [TableShape] {
        let tables = try tx.run(
            "SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY rowid -- sqlite"
        ).map { (name: try $0.text("name"), sql: try $0.optionalText("sql") ?? "") }
        let virtual = tables.filter { $0.sql.hasPrefix("CREATE VIRTUAL TABLE") }.map(\.name)
        return try tables.compactMap { table in
            // A full-text table keeps its index in tables of its own.
            if table.name.hasPrefix("sqlite_") || virtual.contains(where: { table.name.hasPrefix($0 + "_") })
            {
                return nil
            }
            let isVirtual = virtual.contains(table.name)
            let pragma = SQL(stringLiteral: "PRAGMA table_info(\(table.name)) -- sqlite")
            let columns = try tx.run(pragma).map { row in
                Column(name: try row.text("name"), type: type(try row.text("type"), of: try row.text("name")))
            }
            let key = isVirtual ? [Column(name: "rowid", type: .integer)] : []
            return TableShape(name: table.name, columns: key + columns)
        }
    }

    private static func postgres(in tx: any Connection) throws -> [TableShape] {
        let rows = try tx.run(
            """
            SELECT c.relname::text AS name, a.attname::text AS part,
              format_type(a.atttypid, a.atttypmod) AS type
            FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
            WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
              AND a.attnum > 0 AND NOT a.attisdropped
            ORDER BY c.oid, a.attnum -- postgres
            """)
        var order: [String] = []
        var columns: [String: [Column]] = [:]
        for row in rows {
            let (name, part) = (try row.text("name"), try row.text("part"))
            if columns[name] == nil { order.append(name) }
            columns[name, default: []].append(
                Column(name: part, type: type(try row.text("type").uppercased(), of: part)))
        }
        return order.compactMap { TableShape(name: $0, columns: columns[$0] ?? []) }
    }

    /// Columns of a full-text table have no type.
    private static func type(_ word: String, of column: String) -> ColumnType {
        switch word {
        case "BIGINT", "INTEGER": .integer
        case "DOUBLE PRECISION": .real
        case "BOOLEAN": .boolean
        case "BLOB", "BYTEA": .blob
        default: column == "account_id" ? .integer : .text
        }
    }

    private var names: String { columns.map(\.name).joined(separator: ", ") }

    func each(in tx: any Connection, _ body: ([SQLValue]) throws -> Void) throws {
        try tx.each(SQL(stringLiteral: "SELECT \(names) FROM \(name)")) { row in try body(row.values) }
    }

    func insert(_ rows: [[SQL]], in tx: any Connection) throws {
        if rows.isEmpty { return }
        let head = SQL(stringLiteral: "INSERT INTO \(name) (\(names)) VALUES ")
        let values = rows.map { row -> SQL in "(\(row.joined(", ")))" }
        try tx.run("\(head)\(values.joined(", "))")
    }

    func isEmpty(in tx: any Connection) throws -> Bool {
        try tx.run(SQL(stringLiteral: "SELECT 1 AS found FROM \(name) LIMIT 1")).isEmpty
    }

    /// The migrations that a database has seen, in their order.
    static func migrations(in tx: any Connection) throws -> [String] {
        try tx.run("SELECT name FROM migrations ORDER BY name").map { try $0.text("name") }
    }

    /// True while a process holds a node number, or gave it back less than a minute ago.
    static func isInUse(at now: Int64, in tx: any Connection) throws -> Bool {
        try !tx.run("SELECT id FROM nodes WHERE leased_until > \(now) LIMIT 1").isEmpty
    }
}
