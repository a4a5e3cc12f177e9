import ArgumentParser
import Columns

/// `rapport-bench columns`: generated answers as the packed columns of an account, without their rows.
///
/// Row `i` of `count` has `i * prime % (2^31 - 1)` for its chance, which any database can repeat.
struct ColumnsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "columns", abstract: "Write packed columns of generated answers.")

    static let segments = 20, ways = 8, days = 728, firstDay = 19_723  // 2024-01-01

    @Option(name: .long, help: "The account's folder of columns; what it holds is gone.") var folder: String
    @Option(name: .long, help: "The number of the survey.") var survey: Int64
    @Option(name: .long, help: "The position that the columns claim.") var position: Int
    @Option(name: .long, help: "The number of the event there.") var mark: Int64
    @Option(name: .long, help: "Answers.") var count: Int

    func run() throws {
        let segments = (0..<Self.segments).map { "segment \($0)" }, ways = (0..<Self.ways).map { "way \($0)" }
        var columns = try ColumnFolder(anewAt: folder, label: "UTC \(position)")
        for start in stride(from: 0, to: count, by: 100_000) {
            let rows = (start..<min(start + 100_000, count)).map { row in
                ColumnRow(
                    score: Self.chance(row, 16_807, 11), day: Self.firstDay + row * Self.days / count,
                    values: [
                        ("segment", segments[Self.chance(row, 48_271, Self.segments)]),
                        ("way", ways[Self.chance(row, 69_621, Self.ways)]),
                    ])
            }
            try columns.append(rows.map { (survey, $0) }, through: position, mark: mark)
        }
        try columns.checkpoint()
    }

    private static func chance(_ row: Int, _ prime: Int, _ choices: Int) -> Int {
        (row * prime % 2_147_483_647) / 8 % choices
    }
}
