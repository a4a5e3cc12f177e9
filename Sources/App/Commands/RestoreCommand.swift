import ArgumentParser
import Kernel

/// `rapport restore FILE`: into an empty folder or database, with no server.
struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Fill an empty installation from a backup of either database.")

    @OptionGroup var data: DataOptions
    @Argument(help: "What `rapport backup` wrote.") var file: String
    @Option(
        name: .long,
        help:
            "A list of the people erased since (erasures.log); may be given several times."
    )
    var erasures: [String] = []
    @Flag(name: .long, help: "Check the file and the target, and write nothing.") var dryRun = false

    func run() async throws {
        let restore = try Restore(path: file)
        let again = try await restore.run(
            try data.settings(), erasures: erasures.map(ErasureLog.init), isRehearsal: dryRun,
            at: systemNow())
        let manifest = restore.manifest
        for table in manifest.tables where table.rows > 0 { print("\(table.shape.name)\t\(table.rows)") }
        let what =
            "\(manifest.rows) rows of \(manifest.madeAt.rfc3339) (\(manifest.engine), \(manifest.version))"
        print(again.sentence(since: manifest.madeAt))
        print(dryRun ? "Sound: \(what); nothing was written." : "Restored \(what). Now run `rapport verify`.")
    }
}
