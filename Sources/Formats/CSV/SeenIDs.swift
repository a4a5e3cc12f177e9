/// Which response ids a file has held so far, as 64-bit hashes: 16 bytes an id, and one chance in ten million
/// of a wrong duplicate among a million ids.
package struct SeenIDs: Sendable {
    private var slots: [UInt64] = Array(repeating: 0, count: 1024)
    package private(set) var distinct = 0
    package private(set) var total = 0

    package init() {}

    /// Whether this id is new.
    package mutating func insert(_ id: UnsafeBufferPointer<UInt8>) -> Bool {
        total += 1
        let isNew = Self.place(Self.hash(id), in: &slots)
        guard isNew else { return false }
        distinct += 1
        if distinct * 2 > slots.count { grow() }
        return true
    }

    package func contains(_ id: UnsafeBufferPointer<UInt8>) -> Bool {
        if distinct == 0 { return false }
        let (hash, mask) = (Self.hash(id), slots.count - 1)
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 {
            if slots[slot] == hash { return true }
            slot = (slot + 1) & mask
        }
        return false
    }

    /// At least 99 of 100 values are different: a column that names responses.
    package var namesRows: Bool { total > 0 && distinct * 100 >= total * 99 }

    /// Never 0. Ids that differ in their last letter alone, as those that were counted up, stand side by
    /// side: one look at the memory finds ten of them.
    private static func hash(_ id: UnsafeBufferPointer<UInt8>) -> UInt64 {
        guard let last = id.last else { return 1 }
        return max(1, ValueIndex.hash(UnsafeBufferPointer(rebasing: id.dropLast())) &+ UInt64(last))
    }

    private static func place(_ hash: UInt64, in slots: inout [UInt64]) -> Bool {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 {
            if slots[slot] == hash { return false }
            slot = (slot + 1) & mask
        }
        slots[slot] = hash
        return true
    }

    private mutating func grow() {
        var wider = [UInt64](repeating: 0, count: slots.count * 2)
        for hash in slots where hash != 0 { _ = Self.place(hash, in: &wider) }
        slots = wider
    }
}
