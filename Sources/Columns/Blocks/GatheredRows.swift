/// Rows that wait until they fill a block, and how they are packed.
struct GatheredRows: Equatable, Sendable {
    private(set) var scores: [UInt8] = []
    private(set) var days: [UInt16] = []
    /// By dimension; rows at the end that have no value may be missing.
    private(set) var codes: [[UInt16]] = []

    var count: Int { scores.count }

    init() {}

    /// As a checkpoint kept them.
    init(scores: [UInt8], days: [UInt16], codes: [[UInt16]]) {
        self.scores = scores
        self.days = days
        self.codes = codes
    }

    mutating func append(score: UInt8, day: UInt16, codes values: [(dimension: Int, code: UInt16)]) {
        for (dimension, code) in values {
            while codes.count <= dimension { codes.append([]) }
            codes[dimension] += repeatElement(0, count: count - codes[dimension].count)
            codes[dimension].append(code)
        }
        scores.append(score)
        days.append(day)
    }

    /// The bytes of a block: its length is a multiple of 64.
    func packed() -> [UInt8] {
        let columns = [scores.map(UInt16.init), days] + codes
        var head: [UInt8] = []
        var body: [UInt8] = []
        let start = Self.aligned(ColumnBlock.headLength + 8 * columns.count)
        for (index, column) in columns.enumerated() {
            let most = column.max() ?? 0
            let isConstant = column.count == count ? column.allSatisfy { $0 == most } : most == 0
            // Scores are read as bytes and days as pairs of them, however small they are.
            let width = index == ColumnBlock.score ? 1 : isConstant ? 0 : index == 1 || most > 0xFF ? 2 : 1
            head.append(UInt16(width))
            head.append(isConstant ? most : 0)
            head.append(UInt32(start + body.count))
            if width == 0 { continue }
            if width == 1 {
                body += column.lazy.map { UInt8(truncatingIfNeeded: $0) }
                body += repeatElement(0, count: count - column.count)
            } else {
                for code in column { body.append(code) }
                body += repeatElement(0, count: 2 * (count - column.count))
            }
            body += repeatElement(0, count: Self.aligned(body.count) - body.count)
        }
        return finished(head, body, columns: columns.count)
    }

    private func finished(_ columnHeads: [UInt8], _ body: [UInt8], columns: Int) -> [UInt8] {
        var tail: [UInt8] = []
        tail.append(UInt32(count))
        tail.append(days.min() ?? 0)
        tail.append(days.max() ?? 0)
        tail.append(UInt16(columns))
        tail += repeatElement(0, count: ColumnBlock.headLength - 16 - tail.count)
        tail += columnHeads
        tail += repeatElement(0, count: Self.aligned(16 + tail.count) - 16 - tail.count)
        tail += body
        var block: [UInt8] = []
        block.reserveCapacity(16 + tail.count)
        block.append(ColumnBlock.magic)
        block.append(UInt32(16 + tail.count))
        block.append(tail.withUnsafeBytes { checksum($0[...]) })
        return block + tail
    }

    private static func aligned(_ length: Int) -> Int { (length + 63) / 64 * 64 }
}

extension [UInt8] {
    mutating func append<Number: FixedWidthInteger>(_ number: Number) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
    }
}
