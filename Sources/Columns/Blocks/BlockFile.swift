import Glibc

/// Full blocks of one table, one after the other. Only ever appended to.
final class BlockFile: Sendable {
    private let path: String
    private let file: Int32

    /// Made where there is none, readable by its owner only.
    init(_ path: String) throws {
        file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw ColumnsUnavailable(path) }
        self.path = path
    }

    deinit { close(file) }

    /// The first `length` bytes as blocks, each one checked. What follows them was never counted, and goes.
    /// Throws `ColumnBlock.Damaged`.
    func blocks(length: Int) throws -> [ColumnBlock] {
        var status = stat()
        guard fstat(file, &status) == 0 else { throw ColumnsUnavailable(path) }
        guard status.st_size >= length else { throw ColumnBlock.Damaged() }
        guard ftruncate(file, off_t(length)) == 0 else { throw ColumnsUnavailable(path) }
        if length == 0 { return [] }
        let memory = try MappedMemory(file, length: length, path)
        var blocks: [ColumnBlock] = []
        var offset = 0
        while offset < length {
            let block = try ColumnBlock(in: memory, at: offset)
            blocks.append(block)
            offset += block.length
        }
        return blocks
    }

    /// Writes `block` at `offset` and gives it back as the file holds it. `memory` is the mapping that an
    /// earlier block was given, if it still reaches this far.
    func append(_ block: [UInt8], at offset: Int, mapping memory: inout MappedMemory?) throws -> ColumnBlock {
        var written = 0
        while written < block.count {
            let count = block.withUnsafeBytes { bytes in
                pwrite(file, bytes.baseAddress! + written, bytes.count - written, off_t(offset + written))
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw ColumnsUnavailable(path) }
            written += count
        }
        let end = offset + block.count
        // Room to grow: pages beyond the end of the file are not touched before they are written.
        if (memory?.bytes.count ?? 0) < end {
            memory = try MappedMemory(file, length: max(2 * end, 1 << 20), path)
        }
        guard let memory else { throw ColumnBlock.Damaged() }
        return try ColumnBlock(in: memory, at: offset, checking: false)
    }
}

/// A part of a file as memory, for as long as somebody reads it.
final class MappedMemory: BlockMemory, @unchecked Sendable {
    let bytes: UnsafeRawBufferPointer

    init(_ file: Int32, length: Int, _ path: String) throws {
        guard let start = mmap(nil, length, PROT_READ, MAP_SHARED, file, 0), start != MAP_FAILED else {
            throw ColumnsUnavailable(path)
        }
        bytes = UnsafeRawBufferPointer(start: start, count: length)
    }

    deinit { munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count) }
}

/// A file of the columns cannot be used: the rows answer meanwhile.
package struct ColumnsUnavailable: Error, CustomStringConvertible {
    package let description: String

    init(_ path: String) { description = "\(path): \(String(cString: strerror(errno)))" }
}
