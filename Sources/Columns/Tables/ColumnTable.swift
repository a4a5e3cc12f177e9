/// One row as it comes: a score from 0 on, a day since 1970-01-01, and what is known of it by name.
package struct ColumnRow: Sendable {
    package let score: Int
    package let day: Int
    package let values: [(name: String, value: String)]

    package init(score: Int, day: Int, values: [(name: String, value: String)]) {
        self.score = score
        self.day = day
        self.values = values
    }
}

/// The rows of one table in packed columns: full blocks in a file, and what fills the next one.
struct ColumnTable: Sendable {
    private(set) var words: ColumnWords
    private(set) var gathered: GatheredRows
    /// False once a row could not be packed: then only the rows can answer.
    private(set) var isWhole: Bool
    private(set) var blocks: [ColumnBlock]
    /// Of the blocks in the file, in bytes.
    private(set) var length: Int
    private let file: BlockFile
    private var mapping: MappedMemory?

    /// As a checkpoint says that it was; throws `ColumnBlock.Damaged` where the file says otherwise.
    init(
        _ file: BlockFile, words: ColumnWords = ColumnWords(), gathered: GatheredRows = GatheredRows(),
        isWhole: Bool = true, length: Int = 0
    ) throws {
        self.file = file
        self.words = words
        self.gathered = gathered
        self.isWhole = isWhole
        self.length = length
        blocks = try file.blocks(length: length)
    }

    mutating func append(_ row: ColumnRow) throws {
        guard let score = UInt8(exactly: row.score), score < 255, let day = UInt16(exactly: row.day) else {
            isWhole = false
            return
        }
        gathered.append(
            score: score, day: day, codes: row.values.compactMap { words.learn($0.name, $0.value) })
        guard gathered.count == ColumnBlock.mostRows else { return }
        let block = try file.append(gathered.packed(), at: length, mapping: &mapping)
        length += block.length
        blocks.append(block)
        gathered = GatheredRows()
    }

    /// The table as it stands now, whatever is appended later.
    func packed() throws -> PackedTable {
        var blocks = blocks
        if gathered.count > 0 {
            blocks.append(try ColumnBlock(in: HeapMemory(gathered.packed()), at: 0, checking: false))
        }
        return PackedTable(words: words, isWhole: isWhole, blocks: blocks)
    }
}

/// A table at one moment: what a cut counts.
package struct PackedTable: Sendable {
    let words: ColumnWords
    let isWhole: Bool
    let blocks: [ColumnBlock]

    package var rows: Int { blocks.reduce(0) { $0 + $1.rows } }
}
