/// Comments of one band, at most `capacity` of them: all, or an even draw from all when there are more
/// (Vitter 1985, algorithm R, with a fixed seed: the same file gives the same report).
struct CommentSample: Sendable {
    /// Enough for any term that matters; a few megabytes.
    static let capacity = 20_000
    /// A longer comment is cut here.
    static let longest = 2_000

    private(set) var texts: [String] = []
    private(set) var seen = 0
    private var state: UInt64 = 0x9E37_79B9_7F4A_7C15

    var isWhole: Bool { seen == texts.count }

    mutating func add(_ comment: UnsafeBufferPointer<UInt8>) {
        seen += 1
        if texts.count < Self.capacity { return texts.append(Self.text(comment)) }
        let place = Int(next() % UInt64(seen))
        if place < Self.capacity { texts[place] = Self.text(comment) }
    }

    private static func text(_ comment: UnsafeBufferPointer<UInt8>) -> String {
        String(decoding: comment.prefix(longest), as: UTF8.self)
    }

    /// SplitMix64.
    private mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
