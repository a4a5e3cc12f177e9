import Glibc

/// One server for one folder. The kernel holds the lock and lets go of it when the process ends, however it
/// ends.
package final class ServeLock: Sendable {
    /// Somebody else serves this folder.
    package struct Held: Error {
        /// As its holder wrote it down, if it could.
        package let process: String?
    }

    private let file: Int32

    /// Throws `Held`, or `DatabaseUnavailable` when the folder does not take a file.
    package init(folder: String) throws {
        let path = folder + "/serve.lock"
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            throw DatabaseUnavailable(reason: "\(path): \(String(cString: strerror(errno)))")
        }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            defer { close(file) }
            throw Held(process: Self.text(of: file))
        }
        self.file = file
        let process = "\(getpid())"
        ftruncate(file, 0)
        _ = process.withCString { write(file, $0, strlen($0)) }
    }

    deinit { close(file) }

    private static func text(of file: Int32) -> String? {
        var bytes = [UInt8](repeating: 0, count: 20)
        let count = pread(file, &bytes, bytes.count, 0)
        return count > 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
    }
}
