import Database

extension FloorRows {
    func makeTable() async throws {
        try await database.write { tx in
            try tx.run("DROP TABLE IF EXISTS floor_rows")
            try tx.run(
                """
                CREATE TABLE floor_rows (
                  id \(.id), place BIGINT NOT NULL, score BIGINT NOT NULL, words TEXT NOT NULL)
                """)
            try tx.run("CREATE INDEX floor_rows_by_place ON floor_rows (place, id)")
        }
    }

    func insert(_ id: Int64, _ words: String) async throws {
        try await database.write(.insertOnly) { tx in
            try tx.run(
                "INSERT INTO floor_rows (id, place, score, words) VALUES (\(id), 1, \(id % 11), \(words))")
        }
    }
}
