import CBrotli
import CZlib
import Formats

/// Packs what is made anew for each reader; what never changes is packed by the build.
extension ContentCoding {
    /// Those that `pack` writes, the smaller one first.
    static let packed: [ContentCoding] = [.br, .gzip]

    /// The bytes in this coding; as they are where the library cannot.
    func pack(_ bytes: [UInt8]) -> [UInt8] {
        switch self {
        case .br: Self.brotli(bytes)
        case .gzip: Self.gzip(bytes)
        case .identity: bytes
        }
    }

    /// RFC 1952. Level 6 halves the time of the best one for a hundredth of its size.
    private static func gzip(_ bytes: [UInt8]) -> [UInt8] {
        var stream = z_stream()
        guard rapport_gzip_begin(&stream, 6) == Z_OK else { return bytes }
        defer { deflateEnd(&stream) }
        var input = bytes
        let longest = Int(deflateBound(&stream, UInt(bytes.count)))
        return [UInt8](unsafeUninitializedCapacity: longest) { output, count in
            input.withUnsafeMutableBufferPointer { input in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                let end = deflate(&stream, Z_FINISH)
                count = end == Z_STREAM_END ? output.count - Int(stream.avail_out) : 0
            }
        }
    }

    /// RFC 7932, at a quality that takes about as long as gzip.
    private static func brotli(_ bytes: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: BrotliEncoderMaxCompressedSize(bytes.count)) { output, count in
            count = output.count
            let done = BrotliEncoderCompress(
                5, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, bytes.count, bytes, &count, output.baseAddress)
            if done == 0 { count = 0 }
        }
    }
}
