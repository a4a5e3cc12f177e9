import Glibc

/// What customers say is nobody's but its owner's: SQLite's own files would be open to all who have an
/// account.
func makePrivateFile(_ path: String, orUseExisting: Bool) throws {
    let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | (orUseExisting ? 0 : O_EXCL), 0o600)
    guard file >= 0 else { throw DatabaseUnavailable(reason: "\(path): \(String(cString: strerror(errno)))") }
    close(file)
}

/// Waits until the file and its name are on the disk.
func syncToDisk(_ path: String) throws {
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    for place in [path, folder.isEmpty ? "/" : folder] {
        let file = open(place, O_RDONLY | O_CLOEXEC)
        defer { close(file) }
        guard file >= 0, fsync(file) == 0 else {
            throw DatabaseUnavailable(reason: "\(place): \(String(cString: strerror(errno)))")
        }
    }
}
