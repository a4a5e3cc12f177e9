import ArgumentParser
import Kernel

/// `rapport restore FILE`: into an empty folder or database, with no server.
struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Fill an empty installation from a backup of either database.")

    @OptionGroup var data: DataOptions
    @Argument(help: "What `rapport backup` wrote.") var file: String
    @Flag(name: .long, help: "Check the file and the target, and write nothing.") var dryRun = false

    func run() async throws {
        let restore = try Restore(path: file)
        try await restore.run(try data.settings(), isRehearsal: dryRun, at: systemNow())
        let manifest = restore.manifest
        for table in manifest.tables where table.rows > 0 { print("\(table.shape.name)\t\(table.rows)") }
        let what =
            "\(manifest.rows) rows of \(manifest.madeAt.rfc3339) (\(manifest.engine), \(manifest.version))"
        print(dryRun ? "Sound: \(what); nothing was written." : "Restored \(what). Now run `rapport verify`.")
    }
}
