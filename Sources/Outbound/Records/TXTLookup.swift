import CResolve
import Dispatch

/// Asks the DNS for text records.
package struct TXTLookup: Sendable {
    package enum Answer: Equatable, Sendable {
        /// Empty where the name has none.
        case records([String])
        /// Nobody answered, or not in a way that could be read.
        case failed
    }

    package let look: @Sendable (_ name: String) async -> Answer

    package init(_ look: @escaping @Sendable (String) async -> Answer) { self.look = look }

    /// As this machine resolves names.
    package static let system = TXTLookup { name in
        // It blocks, so it has a thread that nobody else waits for.
        await withCheckedContinuation { continuation in
            DispatchQueue.global(qos: .userInitiated).async { continuation.resume(returning: Self.ask(name)) }
        }
    }

    private static let longestAnswer = 65_535

    private static func ask(_ name: String) -> Answer {
        guard name.utf8.count <= 253, name.utf8.allSatisfy({ (0x21..<0x7F).contains($0) }) else {
            return .failed
        }
        var answer = [UInt8](repeating: 0, count: longestAnswer)
        let length = rapport_txt(name, &answer, answer.count)
        if length == RAPPORT_TXT_NONE { return .records([]) }
        guard length >= 0, Int(length) <= answer.count,
            let read = TXTAnswer(Array(answer.prefix(Int(length))))
        else { return .failed }
        return .records(read.records)
    }
}
