import Foundation
import Testing

@testable import Columns

/// Rows by chance, in a folder of their own, and the count that nobody can get wrong.
struct RowsByChance {
    static let names = ["shop", "city", "plan", "till"]
    let folder: String
    var rows: [ColumnRow] = []

    init(_ count: Int, seed: UInt64 = 1, days: Range<Int> = 20_000..<20_300) {
        folder = NSTemporaryDirectory() + "rapport-columns-\(getpid())-\(UUID().uuidString)"
        var state = seed
        func chance(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        rows = (0..<count).map { number in
            var values: [(name: String, value: String)] = []
            if chance(4) > 0 { values.append(("shop", "shop \(chance(7))")) }
            if chance(3) > 0 { values.append(("city", ["Łódź", "台北", "York"][chance(3)])) }
            // Not known before the second block, and of more values than a byte holds.
            if number > 17_000 { values.append(("till", "\(chance(600))")) }
            return ColumnRow(
                score: chance(11), day: days.lowerBound + number * days.count / count, values: values)
        }
    }

    func folded(label: String = "UTC", table: Int64 = 7) throws -> ColumnFolder {
        var folder = try ColumnFolder(anewAt: folder, label: label)
        try folder.append(rows.map { (table, $0) }, through: rows.count, mark: 99)
        return folder
    }

    func count(_ cut: ColumnCut) -> [String] {
        func value(_ row: ColumnRow, _ name: String) -> String {
            row.values.first { $0.name == name }?.value ?? ""
        }
        var counts: [String: Int] = [:]
        for row in rows where cut.days.contains(row.day) {
            guard cut.filters.allSatisfy({ $0.values.contains(value(row, $0.name)) }) else { continue }
            let group = cut.by.map { value(row, $0) } ?? ""
            counts["\(group) \(cut.byDay ? row.day : 0) \(row.score)", default: 0] += 1
        }
        return counts.map { "\($0.key): \($0.value)" }.sorted()
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }
}

extension [ColumnCount] {
    var words: [String] { map { "\($0.value) \($0.day) \($0.score): \($0.rows)" }.sorted() }
}

struct `Packed columns` {
    static let cuts: [ColumnCut] = [
        cut([]), cut([("shop", ["shop 3"])]), cut([("shop", ["shop 3", ""]), ("city", ["台北", "nowhere"])]),
        cut([("shop", (0..<6).map { "shop \($0)" })], by: "city"), cut([("plan", [""])], by: "plan"),
        cut([("plan", ["gold"])]), cut([("till", ["5", "300"])]), cut([("till", (0..<99).map(String.init))]),
        cut([("till", ["", "7"])], by: "shop", days: 20_100..<20_250), cut([], by: "till", byDay: true),
        cut([("city", ["York"])], by: "shop", byDay: true, days: 20_150..<20_151),
        cut([], days: 0..<Int.max), cut([], days: 0..<20_000), cut([], days: 20_170..<20_171),
        cut([], byDay: true), cut([("city", ["nowhere"])]),
    ]

    private static func cut(
        _ filters: [ColumnCut.Filter], by: String? = nil, byDay: Bool = false,
        days: Range<Int> = 20_010..<20_290
    ) -> ColumnCut {
        ColumnCut(filters: filters, by: by, byDay: byDay, days: days, scores: 11)
    }

    @Test func `count what the rows say`() throws {
        let chance = RowsByChance(40_000)
        defer { chance.remove() }
        let table = try #require(try chance.folded().view.tables[7])
        #expect(table.blocks.count == 3 && table.rows == 40_000)
        for cut in Self.cuts {
            #expect(try #require(table.count(cut)).words == chance.count(cut), "\(cut)")
        }
    }

    @Test func `count the same on any number of threads`() throws {
        let chance = RowsByChance(40_000)
        defer { chance.remove() }
        let table = try #require(try chance.folded().view.tables[7])
        let many = PackedTable(
            words: table.words, isWhole: true,
            blocks: Array(repeating: table.blocks, count: 40).flatMap(\.self))
        for cut in Self.cuts {
            let one = try #require(many.count(cut, threads: 1))
            #expect(many.count(cut, threads: 3) == one)
            #expect(
                one.reduce(0) { $0 + $1.rows } == 40 * (table.count(cut)?.reduce(0) { $0 + $1.rows } ?? -1))
        }
    }

    @Test func `go on from a checkpoint in another process`() throws {
        let chance = RowsByChance(40_000)
        defer { chance.remove() }
        var first = try ColumnFolder(anewAt: chance.folder, label: "UTC")
        try first.append(chance.rows[..<20_000].map { (7, $0) }, through: 20_000, mark: 1)
        try first.checkpoint()
        // The second block is written, and then the process dies.
        try first.append(chance.rows[20_000..<36_000].map { (7, $0) }, through: 36_000, mark: 2)

        var second = try ColumnFolder(at: chance.folder)
        #expect((second.label, second.position, second.mark) == ("UTC", 20_000, 1))
        try second.append(chance.rows[20_000...].map { (7, $0) }, through: 40_000, mark: 3)
        try second.checkpoint()
        for folder in [second, try ColumnFolder(at: chance.folder)] {
            let table = try #require(folder.view.tables[7])
            for cut in Self.cuts { #expect(table.count(cut)?.words == chance.count(cut)) }
        }
    }

    @Test func `stand still for whoever holds them`() throws {
        let chance = RowsByChance(40_000)
        defer { chance.remove() }
        var folder = try ColumnFolder(anewAt: chance.folder, label: "UTC")
        try folder.append(chance.rows[..<30_000].map { (7, $0) }, through: 30_000, mark: 1)
        let before = try #require(folder.view.tables[7])
        try folder.append(chance.rows[30_000...].map { (7, $0) }, through: 40_000, mark: 2)
        #expect(before.rows == 30_000)
        #expect(before.count(Self.cuts[0])?.isEmpty == false)
        #expect(folder.view.tables[7]?.rows == 40_000)
    }

    @Test(arguments: [0, 5, 40, 600, 9000, -1, -3])
    func `notice every changed byte`(place: Int) throws {
        let chance = RowsByChance(20_000)
        defer { chance.remove() }
        try chance.folded().checkpoint()
        for name in ["7.blocks", "checkpoint"] {
            let path = chance.folder + "/" + name
            let whole = try #require(FileManager.default.contents(atPath: path))
            var bytes = whole
            bytes[place < 0 ? bytes.count + place : place] ^= 0x10
            try bytes.write(to: URL(filePath: path))
            #expect(throws: ColumnBlock.Damaged.self) { try ColumnFolder(at: chance.folder) }
            try whole.write(to: URL(filePath: path))
            #expect(try ColumnFolder(at: chance.folder).position == 20_000)
        }
    }

    @Test(arguments: [0, 10, 1000, -1])
    func `notice a file that ends too soon, or is gone`(length: Int) throws {
        let chance = RowsByChance(20_000)
        defer { chance.remove() }
        try chance.folded().checkpoint()
        for name in ["7.blocks", "checkpoint"] {
            let path = chance.folder + "/" + name
            let whole = try #require(FileManager.default.contents(atPath: path))
            if length == 0 {
                try FileManager.default.removeItem(atPath: path)
            } else {
                try whole.prefix(length < 0 ? whole.count + length : length).write(to: URL(filePath: path))
            }
            #expect(throws: ColumnBlock.Damaged.self) { try ColumnFolder(at: chance.folder) }
            try whole.write(to: URL(filePath: path))
        }
    }

    @Test func `pass on what they cannot hold`() throws {
        let chance = RowsByChance(10)
        defer { chance.remove() }
        var folder = try chance.folded()
        let many = (0...ColumnWords.mostValues).map { number in
            ColumnRow(score: 3, day: 20_000, values: [("order", "\(number)"), ("shop", "one")])
        }
        try folder.append(many.map { (7, $0) }, through: 100_000, mark: 5)
        let table = try #require(folder.view.tables[7])
        let all = 0..<Int.max
        #expect(table.count(ColumnCut(filters: [], by: "order", byDay: false, days: all, scores: 11)) == nil)
        let one = ColumnCut(filters: [("shop", ["one"])], by: nil, byDay: false, days: all, scores: 11)
        #expect(table.count(one)?.words == [" 0 3: \(many.count)"])
        // Before 1970.
        try folder.append([(7, ColumnRow(score: 3, day: -1, values: []))], through: 100_001, mark: 6)
        #expect(folder.view.tables[7]?.count(one) == nil)
    }

    @Test func `let go of tables that are gone`() throws {
        let chance = RowsByChance(20)
        defer { chance.remove() }
        var folder = try chance.folded()
        try folder.append([(8, chance.rows[0])], through: 21, mark: 1)
        folder.keep([8])
        #expect(folder.view.tables.keys.sorted() == [8])
        try folder.checkpoint()
        #expect(try ColumnFolder(at: chance.folder).view.tables.keys.sorted() == [8])
        #expect(!FileManager.default.fileExists(atPath: chance.folder + "/7.blocks"))
    }
}
