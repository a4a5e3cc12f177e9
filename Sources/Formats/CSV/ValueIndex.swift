import Glibc

/// Numbers distinct byte strings in the order in which they are first seen.
///
/// An open table over one block of bytes: a million look-ups cost a few hundredths of a second, where a
/// dictionary of strings costs a second. The hash is FNV-1a with a final mix; the table never holds what an
/// attacker gains by crowding, for a file that is slow to read is its owner's own.
package struct ValueIndex: Sendable {
    private var bytes: [UInt8] = []
    private var ends: [Int] = []
    private var hashes: [UInt64] = []
    /// Number plus one of the value in each slot, 0 for an empty one; a power of two.
    private var slots: [Int32]
    private var latest: Int32 = 0

    package init() { slots = Array(repeating: 0, count: 64) }

    package var count: Int { ends.count }

    /// The number of a value, new or known.
    package mutating func number(of value: UnsafeBufferPointer<UInt8>) -> Int {
        // Neighbouring rows often say the same.
        if latest > 0, isEqual(Int(latest) - 1, value) { return Int(latest) - 1 }
        let hash = Self.hash(value)
        let slot = self.slot(for: value, hash: hash)
        if slots[slot] == 0 {
            bytes.append(contentsOf: value)
            ends.append(bytes.count)
            hashes.append(hash)
            slots[slot] = Int32(count)
            latest = slots[slot]
            if count * 2 > slots.count { grow() }
            return count - 1
        }
        latest = slots[slot]
        return Int(latest) - 1
    }

    /// The number of a value that is known.
    package func known(_ value: UnsafeBufferPointer<UInt8>) -> Int? {
        let found = slots[slot(for: value, hash: Self.hash(value))]
        return found == 0 ? nil : Int(found) - 1
    }

    package subscript(number: Int) -> String { String(decoding: bytes[range(number)], as: UTF8.self) }

    /// The first and the last in the order of bytes; `nil` where there is none.
    package var bounds: (first: String, last: String)? {
        guard count > 0 else { return nil }
        var (first, last) = (0, 0)
        for number in 1..<max(1, count) {
            if precedes(number, first) { first = number }
            if precedes(last, number) { last = number }
        }
        return (self[first], self[last])
    }

    private func precedes(_ left: Int, _ right: Int) -> Bool {
        let (left, right) = (range(left), range(right))
        return bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return false }
            let shared = min(left.count, right.count)
            let order = memcmp(base + left.lowerBound, base + right.lowerBound, shared)
            return order == 0 ? left.count < right.count : order < 0
        }
    }

    private func range(_ number: Int) -> Range<Int> { (number == 0 ? 0 : ends[number - 1])..<ends[number] }

    private func isEqual(_ number: Int, _ value: UnsafeBufferPointer<UInt8>) -> Bool {
        let range = self.range(number)
        guard range.count == value.count else { return false }
        guard let base = value.baseAddress else { return true }
        return bytes.withUnsafeBufferPointer { own in
            own.baseAddress.map { memcmp($0 + range.lowerBound, base, value.count) == 0 } ?? value.isEmpty
        }
    }

    private func slot(for value: UnsafeBufferPointer<UInt8>, hash: UInt64) -> Int {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 {
            let number = Int(slots[slot]) - 1
            if hashes[number] == hash, isEqual(number, value) { return slot }
            slot = (slot + 1) & mask
        }
        return slot
    }

    private mutating func grow() {
        var wider = [Int32](repeating: 0, count: slots.count * 4)
        let mask = wider.count - 1
        for (number, hash) in hashes.enumerated() {
            var slot = Int(truncatingIfNeeded: hash) & mask
            while wider[slot] != 0 { slot = (slot + 1) & mask }
            wider[slot] = Int32(number + 1)
        }
        slots = wider
    }

    package static func hash(_ value: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in value { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash ^= hash >> 33
        hash = hash &* 0xff51_afd7_ed55_8ccd
        return hash ^ (hash >> 33)
    }
}
