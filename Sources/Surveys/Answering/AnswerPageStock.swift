import Formats
import Kernel
import Synchronization
import Web

/// Pages of open surveys, packed once: two readers of one page differ in the key of their answer alone.
final class AnswerPageStock: Sendable {
    /// Everything else that such a page depends on.
    struct Label: Hashable {
        let survey: Survey.ID
        let version: Int
        let updatedAt: Timestamp
        let sender: Sender
        let tag: String
        let coding: ContentCoding
        let touchpoint: String?
        let score: String?
    }

    private enum Kept {
        /// Packing costs twice what it saves once, so it waits for the second reader.
        case askedOnce
        case packed(PackedPage)
    }

    private static let mostKept = 500
    private let kept = Mutex<[Label: Kept]>([:])

    /// The page under this label; `nil` for its first reader, and where it cannot be packed so.
    func page(_ label: Label, pack: () -> PackedPage?) -> PackedPage? {
        let known = kept.withLock { kept in
            if let known = kept[label] { return known as Kept? }
            if kept.count >= Self.mostKept { kept = [:] }
            kept[label] = .askedOnce
            return nil
        }
        switch known {
        case nil: return nil
        case .packed(let page): return page
        case .askedOnce:
            guard let page = pack() else { return nil }
            kept.withLock { $0[label] = .packed(page) }
            return page
        }
    }
}

extension AnswerPage {
    /// Fields that a link may carry; whatever else stands in a query may show on the page.
    private static let ofLinks: Set = ["lang", "touchpoint", "score"]

    /// `nil` for a page that shows what somebody has filled in.
    func label(_ coding: ContentCoding) -> AnswerPageStock.Label? {
        let names = form.fields.fields.map(\.name)
        guard names.allSatisfy({ Self.ofLinks.contains($0) || $0.hasPrefix("utm_") }), problems.isEmpty
        else { return nil }
        return AnswerPageStock.Label(
            survey: survey.id, version: survey.version, updatedAt: survey.updatedAt, sender: sender,
            tag: tag, coding: coding, touchpoint: form.filled("touchpoint"), score: form.filled("score"))
    }
}
