import Kernel

/// What an operator reads of an error: one line of at most 500 letters, without addresses.
package struct FailureReason: Equatable, Sendable, CustomStringConvertible {
    private static let longest = 500
    package let description: String

    package init(_ error: any Error) { self.init(String(describing: error)) }

    /// Words with an `@` are taken out: what the outside answers often repeats whom we wrote to.
    package init(_ text: String) {
        let words = text.unicodeScalars.split {
            $0.value < 0x21 || $0.value == 0x7F || $0.properties.isWhitespace
        }
        let line = words.map { $0.contains("@") ? "[address]" : String($0) }.joined(separator: " ")
        description = line.count > Self.longest ? line.prefix(Self.longest - 1) + "…" : line
    }
}

/// How long to wait after the `failures`th failure in a row: `first`, doubled each time, at most `longest`.
func backOff(after failures: Int, first: Duration, longest: Duration) -> Duration {
    // 2^30 is beyond any `longest` here and far from overflow.
    min(first * (1 << min(max(failures - 1, 0), 30)), longest)
}
