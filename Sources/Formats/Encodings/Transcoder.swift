import Glibc

/// Turns one encoding into UTF-8, chunk by chunk. A character may be cut by the end of a chunk.
///
/// **Invariant:** what cannot be decoded becomes the byte 0xFF, which no UTF-8 holds, so that a reader finds
/// the row that it stands in.
final class Transcoder {
    /// `nil` on a system whose C library came without its conversion tables.
    private let descriptor: iconv_t?
    private let unitBytes: Int
    /// The beginning of a character whose end has not come.
    private var held: [UInt8] = []

    init(from encoding: TextEncoding) {
        unitBytes = encoding == .utf16LittleEndian || encoding == .utf16BigEndian ? 2 : 1
        descriptor = Self.open(to: "UTF-8", from: encoding.iconvName)
    }

    deinit {
        if let descriptor { iconv_close(descriptor) }
    }

    func decode(_ bytes: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) {
        guard descriptor != nil else {
            return output.append(contentsOf: bytes.lazy.map { $0 < 0x80 ? $0 : 0xFF })
        }
        if held.isEmpty { return convert(bytes, into: &output) }
        let whole = held + bytes
        held = []
        whole.withUnsafeBufferPointer { convert($0, into: &output) }
    }

    /// The end of the input: half a character is a bad one.
    func finish(into output: inout [UInt8]) {
        if !held.isEmpty { output.append(0xFF) }
        held = []
        guard let descriptor else { return }
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { scratch in
            var target = scratch.baseAddress
            var room = scratch.count
            // Big5 with Hong Kong's characters holds back a letter that a mark may follow.
            iconv(descriptor, nil, nil, &target, &room)
            Self.append(scratch.prefix(scratch.count - room), to: &output)
        }
    }

    /// The bytes of `text` in `encoding`; empty where it has none for some letter.
    static func encode(_ text: String, as encoding: TextEncoding) -> [UInt8] {
        guard let descriptor = open(to: encoding.iconvName, from: "UTF-8") else { return [] }
        defer { iconv_close(descriptor) }
        var input = Array(text.utf8.map(CChar.init(bitPattern:)))
        var output: [UInt8] = []
        input.withUnsafeMutableBufferPointer { input in
            var source = input.baseAddress
            var left = input.count
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: text.utf8.count * 4 + 16) { scratch in
                var target = scratch.baseAddress
                var room = scratch.count
                guard iconv(descriptor, &source, &left, &target, &room) != -1 else { return }
                append(scratch.prefix(scratch.count - room), to: &output)
            }
        }
        return output
    }

    private static func open(to target: String, from source: String) -> iconv_t? {
        let descriptor = iconv_open(target, source)
        return descriptor == iconv_t(bitPattern: -1) ? nil : descriptor
    }

    private func convert(_ bytes: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) {
        guard let descriptor, let base = bytes.baseAddress else { return }
        // iconv reads through a pointer that C declares as mutable, and never writes there.
        var source: UnsafeMutablePointer<CChar>? = UnsafeMutableRawPointer(mutating: base)
            .assumingMemoryBound(to: CChar.self)
        var left = bytes.count
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 32_768) { scratch in
            while left > 0 {
                var target = scratch.baseAddress
                var room = scratch.count
                let outcome = iconv(descriptor, &source, &left, &target, &room)
                let fault = errno
                Self.append(scratch.prefix(scratch.count - room), to: &output)
                if outcome != -1 || fault == E2BIG { continue }
                if fault == EINVAL {
                    held = Array(bytes.suffix(left))
                    return
                }
                output.append(0xFF)
                let skipped = min(unitBytes, left)
                source = source?.advanced(by: skipped)
                left -= skipped
            }
        }
    }

    private static func append(_ letters: Slice<UnsafeMutableBufferPointer<CChar>>, to output: inout [UInt8])
    {
        output.append(contentsOf: UnsafeRawBufferPointer(UnsafeMutableBufferPointer(rebasing: letters)))
    }
}
