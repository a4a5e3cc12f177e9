import CICU
import Synchronization

/// ICU's word breaks. Opening one costs more than a comment takes to cut, so they are kept for the next
/// caller.
final class WordCutter: @unchecked Sendable {  // Held by one caller at a time: the pool hands each out once.
    struct Word {
        let range: Range<Int>
        let isNumber: Bool
    }

    private static let idle = Mutex<[WordCutter]>([])
    private let cutter: OpaquePointer

    private init() {
        guard let cutter = rapport_word_cutter_open() else { fatalError("ICU has no data for word breaks") }
        self.cutter = cutter
    }

    deinit { rapport_word_cutter_close(cutter) }

    /// Words and numbers of `text`, in order.
    static func cut(_ text: [UInt16]) -> [Word] {
        let cutter = idle.withLock { $0.popLast() } ?? WordCutter()
        defer { idle.withLock { $0.append(cutter) } }
        // A word is at least one unit long, so there are never more than there are units.
        let words = [rapport_word](unsafeUninitializedCapacity: text.count) { buffer, count in
            let found = rapport_words(
                cutter.cutter, text, Int32(text.count), buffer.baseAddress, Int32(text.count))
            count = max(0, Int(found))
        }
        return words.map { Word(range: Int($0.start)..<Int($0.end), isNumber: $0.is_number) }
    }
}
