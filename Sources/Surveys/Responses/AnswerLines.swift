/// Cuts a stream of bytes into lines, none longer than it may be.
struct AnswerLines {
    struct Line: Equatable {
        /// From 1, blank ones counted.
        let number: Int
        /// `nil` for a line that was too long to keep.
        let bytes: [UInt8]?
    }

    static let most = 10_000
    private let longest: Int
    private var number = 1
    private var rest: [UInt8] = []
    private var isTooLong = false

    init(longest: Int) { self.longest = longest }

    /// The lines that end in these bytes.
    mutating func take(_ bytes: some Sequence<UInt8>) -> [Line] {
        var lines: [Line] = []
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                if let line = end() { lines.append(line) }
            } else if rest.count < longest {
                rest.append(byte)
            } else {
                isTooLong = true
            }
        }
        return lines
    }

    /// The last line, which need not end; `nil` for a blank one.
    mutating func end() -> Line? {
        defer {
            number += 1
            rest = []
            isTooLong = false
        }
        if isTooLong { return Line(number: number, bytes: nil) }
        if rest.last == UInt8(ascii: "\r") { rest.removeLast() }
        let isBlank = rest.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        return isBlank ? nil : Line(number: number, bytes: rest)
    }
}
