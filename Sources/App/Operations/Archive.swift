import Foundation

/// A tar file (POSIX.1-1988 ustar), written member by member to a file that only its owner may read.
final class ArchiveWriter {
    private let file: FileHandle
    private let modifiedAt: Int64
    private(set) var bytesWritten = 0

    /// Replaces what stands at `path`.
    init(path: String, modifiedAtSeconds: Int64) throws {
        try? FileManager.default.removeItem(atPath: path)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw CommandFailure("\(path) cannot be written: \(String(cString: strerror(errno))).")
        }
        file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        modifiedAt = modifiedAtSeconds
    }

    func add(_ name: String, _ bytes: [UInt8]) throws {
        let header = ArchiveHeader(name: name, size: bytes.count, modifiedAt: modifiedAt)
        try write(header.bytes)
        try write(bytes)
        try write([UInt8](repeating: 0, count: ArchiveHeader.padding(after: bytes.count)))
    }

    /// Ends the archive and waits until it is on the disk.
    func finish() throws {
        try write([UInt8](repeating: 0, count: 2 * ArchiveHeader.block))
        try file.synchronize()
    }

    private func write(_ bytes: [UInt8]) throws {
        try file.write(contentsOf: bytes)
        bytesWritten += bytes.count
    }
}

/// Reads what `ArchiveWriter` wrote, and refuses whatever it would not have written.
struct ArchiveReader {
    private let file: FileHandle
    private let damaged: CommandFailure

    init(path: String) throws {
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw CommandFailure("\(path) cannot be read.")
        }
        self.file = file
        damaged = CommandFailure("\(path) is damaged, cut short, or no backup.")
    }

    /// `nil` at the end of the archive.
    func next() throws -> (name: String, bytes: [UInt8])? {
        let block = try read(ArchiveHeader.block)
        if block.allSatisfy({ $0 == 0 }) {
            let rest = try file.readToEnd() ?? Data()
            guard rest.count == ArchiveHeader.block, rest.allSatisfy({ $0 == 0 }) else { throw damaged }
            return nil
        }
        guard let header = ArchiveHeader(block) else { throw damaged }
        let bytes = try read(header.size)
        guard try read(ArchiveHeader.padding(after: header.size)).allSatisfy({ $0 == 0 }) else {
            throw damaged
        }
        return (header.name, bytes)
    }

    private func read(_ count: Int) throws -> [UInt8] {
        guard count > 0 else { return [] }
        let data = try file.read(upToCount: count) ?? Data()
        guard data.count == count else { throw damaged }
        return Array(data)
    }
}

/// The 512 bytes before each member.
struct ArchiveHeader {
    static let block = 512
    static let largest = 1 << 30
    let name: String
    let size: Int
    let modifiedAt: Int64

    init(name: String, size: Int, modifiedAt: Int64) {
        precondition(name.utf8.count <= 100 && size <= Self.largest)
        (self.name, self.size, self.modifiedAt) = (name, size, modifiedAt)
    }

    /// `nil` unless it is what we would write for such a member.
    init?(_ bytes: [UInt8]) {
        let name = String(decoding: bytes.prefix { $0 != 0 }.prefix(100), as: UTF8.self)
        guard let size = Self.octal(bytes[124..<135]), let modifiedAt = Self.octal(bytes[136..<147]),
            size <= Self.largest, name.utf8.count <= 100
        else { return nil }
        (self.name, self.size, self.modifiedAt) = (name, size, Int64(modifiedAt))
        guard self.bytes == bytes else { return nil }
    }

    static func padding(after size: Int) -> Int { (block - size % block) % block }

    var bytes: [UInt8] {
        var header = [UInt8](repeating: 0, count: Self.block)
        func put(_ text: String, at place: Int) {
            for (index, byte) in text.utf8.enumerated() { header[place + index] = byte }
        }
        func digits(_ number: Int, _ width: Int) -> String {
            let text = String(number, radix: 8)
            return String(repeating: "0", count: width - text.count) + text
        }
        put(name, at: 0)
        put("0000600", at: 100)
        put("0000000", at: 108)
        put("0000000", at: 116)
        put(digits(size, 11), at: 124)
        put(digits(Int(max(0, modifiedAt)), 11), at: 136)
        put("        ", at: 148)
        put("0", at: 156)
        put("ustar", at: 257)
        put("00", at: 263)
        let sum = header.reduce(0) { $0 + Int($1) }
        put(digits(sum, 6) + "\0 ", at: 148)
        return header
    }

    private static func octal(_ bytes: ArraySlice<UInt8>) -> Int? {
        Int(String(decoding: bytes, as: UTF8.self), radix: 8)
    }
}
