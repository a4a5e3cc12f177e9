import Database
import TestKit
import Testing

@Suite struct BulkTests {
    private static let rows: [[SQLValue]] = (1...25_000).map { id in
        let note: SQLValue =
            switch id % 4 {
            case 0: .null
            case 1: .text("tab\there, line\nthere, return\r, back\\slash, \\N, żółć, 水 🫖")
            case 2: .text("")
            default: .text("plain \(id)")
            }
        return [
            .integer(Int64(id)), note, .real(Double(id) / 4), .boolean(id % 2 == 0),
            .blob([0, 9, 10, 92, 255]),
        ]
    }

    private func loaded(on backend: Backend) async throws -> TestDatabase {
        let database = try await backend.bareDatabase()
        let count = try await database.write { tx in
            try tx.run(
                """
                CREATE TABLE items (
                  id \(.id), note TEXT, size DOUBLE PRECISION, sold BOOLEAN, photo \(.binary))
                """
            )
            try tx.run("INSERT INTO items VALUES (\(0), \("before"), \(0.0), \(false), \([] as [UInt8]))")
            defer {
                _ = try? tx.run(
                    "INSERT INTO items VALUES (\(-1), \("after"), \(0.0), \(false), \([] as [UInt8]))")
            }
            return try tx.load(
                table: "items", columns: ["id", "note", "size", "sold", "photo"], rows: Self.rows)
        }
        #expect(count == 25_000)
        return database
    }

    @Test(arguments: Backend.available)
    func `many rows come back one by one as they went in`(backend: Backend) async throws {
        let (same, count) = try await loaded(on: backend).read { tx in
            var (same, count) = (0, 0)
            try tx.each("SELECT id, note, size, sold, photo FROM items WHERE id >= \(1) ORDER BY id") { row in
                let sold: SQLValue = .boolean(try row.bool("sold"))
                same +=
                    row.values[0...2] == Self.rows[count][0...2] && sold == Self.rows[count][3]
                        && row.values[4] == Self.rows[count][4] ? 1 : 0
                count += 1
            }
            return (same, count)
        }
        #expect(count == 25_000)
        #expect(same == 25_000)
    }

    @Test(arguments: Backend.available)
    func `a view of a row shows what the row holds`(backend: Backend) async throws {
        struct Enough: Error {}
        let (same, count) = try await loaded(on: backend).read { tx in
            var (same, count) = (0, 0)
            try tx.each(view: "SELECT id, note, size FROM items WHERE id >= \(1) ORDER BY id") { row in
                let note: SQLValue = row.text(1).map { .text(String(decoding: $0, as: UTF8.self)) } ?? .null
                let values: [SQLValue] = [.integer(row.int64(0) ?? 0), note, .real(row.double(2) ?? 0)]
                same += values[...] == Self.rows[count][0...2] ? 1 : 0
                if note == .null { #expect(row.int64(1) == nil && row.double(1) == nil) }
                count += 1
            }
            // One that stops early leaves a usable transaction.
            do { try tx.each(view: "SELECT id FROM items") { _ in throw Enough() } } catch is Enough {}
            let left = try tx.run("SELECT COUNT(*) AS n FROM items")[0].int("n")
            #expect(left == 25_002)
            return (same, count)
        }
        #expect(same == 25_000 && count == 25_000)
    }

    @Test(arguments: Backend.available)
    func `a body may ask other questions between two rows`(backend: Backend) async throws {
        let found = try await loaded(on: backend).read { tx in
            var found = 0
            try tx.each("SELECT id FROM items WHERE id BETWEEN 1 AND 2500") { row in
                let id = try row.int("id")
                found += try tx.run("SELECT id FROM items WHERE id = \(id + 1)").count
                if id == 7 {
                    try tx.each("SELECT id FROM items WHERE id <= \(9) AND id > 0") { _ in found += 1 }
                }
            }
            return found
        }
        #expect(found == 2509)
    }

    @Test(arguments: Backend.available)
    func `one bad row refuses the whole load`(backend: Backend) async throws {
        let database = try await loaded(on: backend)
        await #expect(throws: (any Error).self) {
            try await database.write { tx in
                try tx.load(table: "items", columns: ["id"], rows: [[.integer(30_000)], [.integer(1)]])
            }
        }
        let counts = try await database.write { tx in
            try tx.load(table: "items", columns: ["id"], rows: [[.integer(30_001)]])
            return try tx.run("SELECT COUNT(*) AS n FROM items")[0].int("n")
        }
        #expect(counts == 25_003)
    }

    @Test(arguments: Backend.available)
    func `a reader that stops early leaves a usable transaction`(backend: Backend) async throws {
        struct Enough: Error {}
        let n = try await loaded(on: backend).read { tx in
            do { try tx.each("SELECT id FROM items") { _ in throw Enough() } } catch is Enough {}
            return try tx.run("SELECT COUNT(*) AS n FROM items")[0].int("n")
        }
        #expect(n == 25_002)
    }
}
