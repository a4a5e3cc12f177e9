import Database
import Kernel
import TestKit
import Testing

private enum Kettle: Noun { static let idPrefix = "ket" }
private enum Colour: String { case red, green }

@Suite struct RoundTripTests {
    @Test(arguments: Backend.available)
    func `what may be missing is missing or there`(backend: Backend) async throws {
        let rows = try await backend.bareDatabase().write { tx in
            try tx.run(
                """
                CREATE TABLE kettles (id \(.id), maker BIGINT, litres DOUBLE PRECISION, hot BOOLEAN,
                  photo \(.binary), colour TEXT, sold_at BIGINT, sold_on BIGINT)
                """)
            try tx.run(
                """
                INSERT INTO kettles VALUES (\(Int64(1)), \(Identifier<Kettle>(7)), \(1), \(false),
                  \([] as [UInt8]), \(Colour.red), \(Timestamp(milliseconds: 5)), \(LocalDay(number: 9)))
                """)
            try tx.run(
                """
                INSERT INTO kettles VALUES (\(2), \(Identifier<Kettle>?.none), \(Double?.none), \(Bool?.none),
                  \([UInt8]?.none), \(Colour?.none), \(Timestamp?.none), \(LocalDay?.none))
                """)
            return try tx.run("SELECT * FROM kettles ORDER BY id")
        }
        func check<Value: Equatable>(_ read: (Row) throws -> Value?, _ value: Value) throws {
            #expect(try read(rows[0]) == value)
            #expect(try read(rows[1]) == nil)
        }
        try check({ try $0.optionalID("maker") }, Identifier<Kettle>(7))
        try check({ try $0.optionalInt("maker") }, 7)
        try check({ try $0.optionalDouble("litres") }, 1)
        try check({ try $0.optionalBool("hot") }, false)
        try check({ try $0.optionalBytes("photo") }, [])
        try check({ try $0.optionalValue("colour") }, Colour.red)
        try check({ try $0.optionalTimestamp("sold_at") }, Timestamp(milliseconds: 5))
        try check({ try $0.optionalDay("sold_on") }, LocalDay(number: 9))
    }

    @Test(arguments: Backend.available)
    func `a word outside its closed set is a bug that is named`(backend: Backend) async throws {
        let reader = DatabaseReader(try await backend.bareDatabase())
        let row = try await reader.read { tx in try tx.run("SELECT 'blue' AS colour, 1.5 AS litres")[0] }
        #expect(throws: RowError.self) { try row.value("colour", as: Colour.self) }
        #expect(throws: RowError.self) { try row.optionalValue("colour", as: Colour.self) }
        for read in [row.optionalBool, row.optionalBytes, row.optionalInt64] as [(String) throws -> Any?] {
            #expect(throws: RowError.self) { try read("colour") }
        }
        #expect(throws: RowError.self) { try row.optionalText("litres") }
        #expect(throws: RowError.self) { try row.optionalDouble("colour") }
    }

    @Test(arguments: Backend.available)
    func `a list of words of a closed set binds each`(backend: Backend) async throws {
        let found = try await backend.bareDatabase().read { tx in
            try tx.run("SELECT 1 AS one WHERE 'red' IN \(list: [Colour.green, .red])").count
        }
        #expect(found == 1)
    }

    @Test(arguments: Backend.available)
    func `every kind of value comes back as it went in`(backend: Backend) async throws {
        let database = try await backend.bareDatabase()
        let row = try await database.write { tx in
            try tx.run(
                """
                CREATE TABLE kettles (id \(.id), name TEXT, litres DOUBLE PRECISION, hot BOOLEAN,
                  photo \(.binary),
                  colour TEXT, made_at BIGINT, sold_on BIGINT, note TEXT)
                """)
            try tx.run(
                """
                INSERT INTO kettles VALUES (\(Identifier<Kettle>(7)), \("żółć 水壶 🫖 '\""), 
                  \(1.5), \(true),
                  \([0, 255, 10] as [UInt8]), \(Colour.green), \(Timestamp(milliseconds: 5)), 
                  \(LocalDay(number: 9)),
                  \(String?.none))
                """)
            return try tx.run("SELECT * FROM kettles")[0]
        }
        #expect(try row.id("id") == Identifier<Kettle>(7))
        #expect(try row.text("name") == "żółć 水壶 🫖 '\"")
        #expect(try row.double("litres") == 1.5)
        #expect(try row.bool("hot"))
        #expect(try row.bytes("photo") == [0, 255, 10])
        #expect(try row.value("colour") == Colour.green)
        #expect(try row.timestamp("made_at") == Timestamp(milliseconds: 5))
        #expect(try row.day("sold_on") == LocalDay(number: 9))
        #expect(try row.optionalText("note") == nil)
    }
}
