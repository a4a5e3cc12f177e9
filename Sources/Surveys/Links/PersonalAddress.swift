import Language

/// The addresses behind one invitation's token.
struct PersonalAddress: Equatable, Sendable {
    let token: String

    /// Names the score that a link in a mail stands for.
    static let scoreField = "s"

    /// Shows the page and takes the answer.
    var path: String { "/r/\(token)" }
    var leavePath: String { "/u/\(token)" }
    /// Hidden in the mail and first among the page's forms: no person follows it, programs that try
    /// everything do.
    var decoyPath: String { path + "/d" }

    func leaveLink(_ messages: Messages) -> [[String: String]] {
        [["href": "\(leavePath)?lang=\(messages.language.tag)", "word": messages("link.leave")]]
    }
}
