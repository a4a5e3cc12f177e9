import CBrotli
import CZlib
import Formats
import HTTPTypes
package import Hummingbird
import NIOCore

/// A page that differs between its readers in one word: packed once, with a gap that each reader's word is
/// put into as it is.
///
/// Rendering and packing are most of what a page costs. Both formats let bytes stand unpacked inside a
/// packed stream (RFC 1951, 3.2.4; RFC 7932, 9.2), so that the rest need not be packed again.
package struct PackedPage: Sendable {
    /// What a page is rendered with where each reader's word will stand.
    package static let word = "7d1f0a9c64e8b3527cf2051b9e6a83d4"
    /// Another one, to see whether what stands around depends on it.
    private static let otherWord = "c3b85e2f917a06d49d40e7c85a1f6b23"

    private let coding: ContentCoding
    private let headers: HTTPFields
    private let before: [UInt8]
    private let after: [UInt8]
    /// The gap is longer than the word: a brotli decoder looks back at two bytes, which must be known.
    private let tail: [UInt8]
    private let sums: Sums

    /// Of the unpacked text around the gap, for the check at the end of a gzip stream.
    private struct Sums: Sendable {
        var before: UInt = 0
        var after: UInt = 0
        var afterLength = 0
        var length = 0
    }

    /// `nil` where the page does not hold the word once, or cannot be cut there.
    package init?(_ page: CustomerPage, accepting: String?, pages: PageRenderer) {
        let html = page.html(pages)
        let (word, other) = (Array(Self.word.utf8), Array(Self.otherWord.utf8))
        guard let place = html.firstPlace(of: word), html[(place + 1)...].firstPlace(of: word) == nil,
            place + word.count + 2 <= html.count
        else { return nil }
        let coding = CustomerPage.coding(for: accepting)
        let (start, rest) = (Array(html[..<place]), Array(html[(place + word.count + 2)...]))
        tail = Array(html[(place + word.count)..<(place + word.count + 2)])
        guard let packed = coding.pack(start, around: word + tail, rest),
            let again = coding.pack(start, around: other + tail, rest), packed == again
        else { return nil }
        self.coding = coding
        headers = page.headers(coding)
        (before, after) = (packed.before, packed.after)
        sums = Sums(
            before: start.crc32(), after: rest.crc32(), afterLength: rest.count, length: html.count)
    }

    /// The page of one reader; `word` is as long as the one that it was rendered with.
    package func response(with word: String) -> Response {
        precondition(word.utf8.count == Self.word.utf8.count, "the gap has another length")
        let gap = Array(word.utf8) + tail
        var body = ByteBuffer()
        body.reserveCapacity(before.count + gap.count + after.count + 16)
        body.writeBytes(before)
        switch coding {
        case .identity: break
        case .br:
            // ISLAST 0, MNIBBLES 4, MLEN - 1, ISUNCOMPRESSED 1; the two bits left over are zero.
            let header = UInt32(gap.count - 1) << 3 | 1 << 19
            for shift in [UInt32(0), 8, 16] { body.writeInteger(UInt8(truncatingIfNeeded: header >> shift)) }
        case .gzip:
            // BFINAL 0, BTYPE 00, LEN and its complement.
            body.writeInteger(UInt8(0))
            body.writeInteger(UInt16(gap.count), endianness: .little)
            body.writeInteger(~UInt16(gap.count), endianness: .little)
        }
        body.writeBytes(gap)
        body.writeBytes(after)
        if coding == .gzip {
            let sum = crc32_combine(
                gap.crc32(after: sums.before), sums.after, sums.afterLength)
            body.writeInteger(UInt32(sum), endianness: .little)
            body.writeInteger(UInt32(sums.length), endianness: .little)
        }
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: body))
    }
}

extension RandomAccessCollection<UInt8> where Index == Int {
    fileprivate func firstPlace(of word: [UInt8]) -> Int? {
        indices.dropLast(word.count - 1).first { self[$0] == word[0] && self[$0...].starts(with: word) }
    }
}

extension [UInt8] {
    fileprivate func crc32(after sum: UInt = 0) -> UInt { CZlib.crc32(sum, self, UInt32(count)) }
}

extension ContentCoding {
    /// Packs three parts as one stream, and returns what stands before and after the middle part. A gzip
    /// stream comes without its check.
    fileprivate func pack(
        _ start: [UInt8], around middle: [UInt8], _ rest: [UInt8]
    ) -> PackedParts? {
        switch self {
        case .identity: PackedParts(before: start, after: rest)
        case .gzip: Self.gzip(start, middle, rest)
        case .br: Self.brotli(start, middle, rest)
        }
    }

    private static func gzip(_ start: [UInt8], _ middle: [UInt8], _ rest: [UInt8]) -> PackedParts? {
        var stream = z_stream()
        guard rapport_gzip_begin(&stream, 9) == Z_OK else { return nil }
        defer { deflateEnd(&stream) }
        func add(_ bytes: [UInt8], _ flush: Int32) -> [UInt8]? {
            var input = bytes
            let longest = Int(deflateBound(&stream, UInt(bytes.count))) + 64
            var ended = false
            let packed = [UInt8](unsafeUninitializedCapacity: longest) { output, count in
                input.withUnsafeMutableBufferPointer { input in
                    stream.next_in = input.baseAddress
                    stream.avail_in = UInt32(input.count)
                    stream.next_out = output.baseAddress
                    stream.avail_out = UInt32(output.count)
                    let code = deflate(&stream, flush)
                    ended = code == (flush == Z_FINISH ? Z_STREAM_END : Z_OK) && stream.avail_out > 0
                    count = output.count - Int(stream.avail_out)
                }
            }
            return ended ? packed : nil
        }
        guard let before = add(start, Z_SYNC_FLUSH), add(middle, Z_SYNC_FLUSH) != nil,
            let after = add(rest, Z_FINISH), after.count > 8
        else { return nil }
        return PackedParts(before: before, after: Array(after.dropLast(8)))
    }

    private static func brotli(_ start: [UInt8], _ middle: [UInt8], _ rest: [UInt8]) -> PackedParts? {
        guard let encoder = BrotliEncoderCreateInstance(nil, nil, nil) else { return nil }
        defer { BrotliEncoderDestroyInstance(encoder) }
        BrotliEncoderSetParameter(encoder, BROTLI_PARAM_QUALITY, 9)
        BrotliEncoderSetParameter(encoder, BROTLI_PARAM_MODE, BROTLI_MODE_TEXT.rawValue)
        func add(_ bytes: [UInt8], _ operation: BrotliEncoderOperation) -> [UInt8]? {
            let longest = BrotliEncoderMaxCompressedSize(bytes.count) + 64
            var ended = false
            let packed = [UInt8](unsafeUninitializedCapacity: longest) { output, count in
                bytes.withUnsafeBufferPointer { input in
                    var (next, left) = (input.baseAddress, input.count)
                    var (place, room) = (output.baseAddress, output.count)
                    repeat {
                        guard
                            BrotliEncoderCompressStream(
                                encoder, operation, &left, &next, &room, &place, nil) == BROTLI_TRUE
                        else { return }
                    } while room > 0 && (left > 0 || BrotliEncoderHasMoreOutput(encoder) == BROTLI_TRUE)
                    ended = left == 0 && BrotliEncoderHasMoreOutput(encoder) == BROTLI_FALSE
                    count = output.count - room
                }
            }
            return ended ? packed : nil
        }
        guard let before = add(start, BROTLI_OPERATION_FLUSH), add(middle, BROTLI_OPERATION_FLUSH) != nil,
            let after = add(rest, BROTLI_OPERATION_FINISH)
        else { return nil }
        return PackedParts(before: before, after: after)
    }
}

private struct PackedParts: Equatable {
    let before: [UInt8]
    let after: [UInt8]
}
