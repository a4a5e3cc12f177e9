import Synchronization
import Web

/// Writes letters that differ in nothing but their links once, and puts each customer's links in: of a wave,
/// all letters of one language and look.
package final class LetterPress: Sendable {
    private struct Plate {
        let letter: InvitationLetter
        /// What stands between two tokens.
        let text: [Substring]
        let html: [Substring]
    }

    private static let most = 16
    /// Stands where the token belongs; as harmless in an address as a token is.
    private static let gap = "tokentokentokentokentokentoken00"
    /// The newest last.
    private let plates = Mutex<[Plate]>([])

    package init() {}

    func text(of letter: InvitationLetter, _ pages: PageRenderer) -> (text: String, html: String) {
        let plate = plate(of: letter, pages)
        return (
            plate.text.joined(separator: letter.links.token), plate.html.joined(separator: letter.links.token)
        )
    }

    private func plate(of letter: InvitationLetter, _ pages: PageRenderer) -> Plate {
        let blank = letter.with(LetterLinks(base: letter.links.base, token: Self.gap))
        let known = plates.withLock { $0.last { $0.letter == blank } }
        if let known { return known }
        let made = Plate(letter: blank, text: Self.cut(blank.text), html: Self.cut(blank.html(pages)))
        plates.withLock { plates in
            if plates.count == Self.most { plates.removeFirst() }
            plates.append(made)
        }
        return made
    }

    private static func cut(_ text: String) -> [Substring] {
        text.split(separator: gap, omittingEmptySubsequences: false)
    }
}
