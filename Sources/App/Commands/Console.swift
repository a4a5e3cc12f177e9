import ArgumentParser
import Foundation
import Kernel
import Language

/// What commands share at the terminal: results on stdout, words about them on stderr, exit codes of the
/// contract.
enum Console {
    /// Runs a command's work on an opened installation. A refusal is said in English on stderr: exit 1, or 75
    /// where it makes sense to try again.
    static func run(_ data: DataOptions, _ work: (Installation) async throws -> Void) async throws {
        let installation = try await data.open()
        do {
            try await work(installation)
        } catch let error as DomainError {
            await installation.close()
            say(words(of: error))
            throw ExitCode([.busy, .tooMany].contains(error.kind) ? 75 : 1)
        } catch let error as any DomainErrorConvertible {
            await installation.close()
            say(words(of: error.domainError))
            throw ExitCode(75)
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

    private static func words(of error: DomainError) -> String {
        let messages = Messages.of(.en)
        let fields = error.fields.map { "\($0.pointer.dropFirst()): \(messages.sentence($0))" }
        return fields.isEmpty ? messages.sentence(error) : fields.joined(separator: "\n")
    }
}
