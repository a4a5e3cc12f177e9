import Database
import TestKit
import Testing

/// A fixed sequence of numbers that look like chance (Knuth's MMIX generator).
private struct Dice: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 31
    }
}

@Suite struct AnyValueTests {
    private static let scalars: [ClosedRange<UInt32>] = [
        0x01...0x7F, 0x80...0x24F, 0x300...0x36F, 0x590...0x6FF, 0x0E00...0x0E7F, 0x200B...0x202E,
        0x4E00...0x9FFF,
        0xE000...0xF8FF, 0xFFF0...0xFFFF, 0x1F300...0x1FAFF, 0x20000...0x2A6DF, 0x10FFFF...0x10FFFF,
    ]

    private static func row(_ id: Int, _ dice: inout Dice) -> [SQLValue] {
        let text = String(
            String.UnicodeScalarView(
                (0..<Int.random(in: 0...60, using: &dice)).compactMap { _ in
                    Unicode.Scalar(UInt32.random(in: scalars.randomElement(using: &dice)!, using: &dice))
                }))
        let bits = UInt64.random(in: .min ... .max, using: &dice)
        let real = Double(bitPattern: bits), integers: [Int64] = [.min, .max, 0, -1, Int64(bitPattern: bits)]
        return [
            .integer(Int64(id)), .text(text), .integer(integers.randomElement(using: &dice)!),
            real.isFinite ? .real(real) : .null,
            .blob((0..<Int.random(in: 0...40, using: &dice)).map { _ in .random(in: 0...255, using: &dice) }),
        ]
    }

    @Test(arguments: Backend.available)
    func `whatever goes in comes out, by statement and in bulk`(backend: Backend) async throws {
        var dice = Dice(state: 20_261_121)
        let rows = (1...800).map { Self.row($0, &dice) }
        let found = try await backend.bareDatabase().write { tx in
            try tx.run(
                "CREATE TABLE things (id \(.id), words TEXT, n BIGINT, x DOUBLE PRECISION, b \(.binary))")
            for row in rows.prefix(400) {
                try tx.run(
                    "INSERT INTO things VALUES (\(row[0]), \(row[1]), \(row[2]), \(row[3]), \(row[4]))")
            }
            try tx.load(table: "things", columns: ["id", "words", "n", "x", "b"], rows: rows.dropFirst(400))
            return try tx.run("SELECT id, words, n, x, b FROM things ORDER BY id").map(\.values)
        }
        for (found, row) in zip(found, rows) where found != row { Issue.record("\(found) is not \(row)") }
        #expect(found.count == 800)
    }
}
