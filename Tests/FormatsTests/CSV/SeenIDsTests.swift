import Testing

@testable import Formats

struct SeenIDsTests {
    @Test func `every id is new once, however alike they are`() {
        var seen = SeenIDs()
        let ids = (0..<20_000).map(String.init) + ["", "a", "b", "ba", "ab", "é", "è", "0 ", " 0", "00"]
        for id in ids { #expect(Self.insert(id, &seen), "\(id)") }
        for id in ids { #expect(!Self.insert(id, &seen), "\(id)") }
        #expect(seen.distinct == ids.count)
        #expect(seen.total == ids.count * 2)
        #expect(!seen.namesRows)
    }

    @Test func `what was not seen is not found`() {
        var seen = SeenIDs()
        #expect(!Self.contains("7", seen))
        for number in 0..<5_000 where number % 2 == 0 { _ = Self.insert("r-\(number)", &seen) }
        #expect((0..<5_000).allSatisfy { Self.contains("r-\($0)", seen) == ($0 % 2 == 0) })
        #expect(seen.namesRows)
    }

    private static func insert(_ id: String, _ seen: inout SeenIDs) -> Bool {
        Array(id.utf8).withUnsafeBufferPointer { seen.insert($0) }
    }

    private static func contains(_ id: String, _ seen: SeenIDs) -> Bool {
        Array(id.utf8).withUnsafeBufferPointer { seen.contains($0) }
    }
}
