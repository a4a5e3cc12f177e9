/// Turns a file in any of our encodings into UTF-8, chunk by chunk, and finds out which one it is on the way.
///
/// Bytes of ASCII mean the same in all but UTF-16, so they pass at once after the first window; the first
/// byte beyond ASCII opens another window of 64 KB, longer while it holds little to judge by, from which the
/// encoding is guessed. Memory stays within one window, however long the file is.
struct TextDecoder {
    private enum Stage {
        /// Holds bytes back until there is enough to judge by.
        case judging
        case plain
        case decoding(Transcoder?)
    }

    private static let window = 65_536
    private static let mostWindows = 16
    private static let enoughBeyondASCII = 64

    /// What the file is in; `nil` while nothing but ASCII has come.
    private(set) var encoding: TextEncoding?
    private var stage: Stage
    private var isOpening = true
    private var held: [UInt8] = []
    private var windows = 0

    init(_ encoding: TextEncoding?) {
        self.encoding = encoding
        stage = encoding.map { .decoding($0 == .utf8 ? nil : Transcoder(from: $0)) } ?? .judging
    }

    mutating func decode(_ bytes: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) {
        switch stage {
        case .decoding(let transcoder?): transcoder.decode(bytes, into: &output)
        case .decoding(nil): output.append(contentsOf: bytes)
        case .judging:
            held.append(contentsOf: bytes)
            judgeFullWindows(into: &output)
        case .plain:
            let plain = UTF8Check.survey(bytes).hasHigh ? bytes.prefix { $0 < 0x80 }.count : bytes.count
            output.append(contentsOf: bytes.prefix(plain))
            guard plain < bytes.count else { return }
            stage = .judging
            decode(UnsafeBufferPointer(rebasing: bytes.dropFirst(plain)), into: &output)
        }
    }

    mutating func finish(into output: inout [UInt8]) {
        if case .judging = stage { judge(held.count, into: &output) }
        if case .decoding(let transcoder?) = stage { transcoder.finish(into: &output) }
    }

    /// Looks only when a window is exactly full, so that the verdict does not depend on how the chunks fell.
    private mutating func judgeFullWindows(into output: inout [UInt8]) {
        while case .judging = stage, held.count >= (windows + 1) * Self.window {
            windows += 1
            let sample = held.prefix(windows * Self.window)
            let beyond = sample.withUnsafeBufferPointer { $0.reduce(0) { $0 + Int($1 >> 7) } }
            let isEnough = beyond >= Self.enoughBeyondASCII || (isOpening && beyond == 0)
            if isEnough || windows == Self.mostWindows { judge(sample.count, into: &output) }
        }
    }

    private mutating func judge(_ count: Int, into output: inout [UInt8]) {
        let bytes = held
        held = []
        windows = 0
        bytes.withUnsafeBufferPointer { bytes in
            let sample = UnsafeBufferPointer(rebasing: bytes.prefix(count))
            let whole =
                isOpening ? EncodingDetection.byMark(sample) ?? EncodingDetection.byZeros(sample) : nil
            isOpening = false
            if whole == nil, !UTF8Check.survey(sample).hasHigh {
                stage = .plain
            } else {
                let found = whole ?? EncodingDetection.byContent(sample)
                encoding = found
                stage = .decoding(found == .utf8 ? nil : Transcoder(from: found))
            }
            decode(bytes, into: &output)
        }
    }
}
