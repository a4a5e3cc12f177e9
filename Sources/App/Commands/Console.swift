import ArgumentParser
import Foundation

/// What commands share at the terminal: results on stdout, words about them on stderr. Whatever they throw
/// becomes a sentence and an exit code in `CommandFailure`.
enum Console {
    /// Runs a command's work on an opened installation, which is closed however it ends.
    static func run(
        _ data: DataOptions, patience: Duration = Installation.patience,
        _ work: (Installation) async throws -> Void
    ) async throws {
        let installation = try await data.open(patience: patience)
        do {
            try await work(installation)
        } catch {
            await installation.close()
            throw error
        }
        await installation.close()
    }

    static func say(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }

    /// The first line of stdin, for secrets: an argument would stand in the list of processes.
    static func secretLine(asked: Bool) throws -> String {
        guard asked else {
            throw ValidationError("Give --password-stdin and the password as the first line of stdin.")
        }
        guard let line = readLine(strippingNewline: true), !line.isEmpty else {
            throw ValidationError("The first line of stdin is empty; it should hold the password.")
        }
        return line.hasSuffix("\r") ? String(line.dropLast()) : line
    }
}
