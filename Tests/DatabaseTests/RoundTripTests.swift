import Database
import Kernel
import TestKit
import Testing

private enum Kettle: Noun { static let idPrefix = "ket" }
private enum Colour: String { case red, green }

@Suite struct RoundTripTests {
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
