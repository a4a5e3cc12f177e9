import Formats
import Kernel
import Language
import Web

/// The tokens' page: what exists, and the form for another.
struct APITokenPage {
    let tokens: [APIToken]
    let messages: Messages
    let now: Timestamp
    /// A secret that was made just now: shown this once.
    var secret: String?
    var refused: (typed: FormFields, error: DomainError)?

    var model: [String: Any] {
        var form = FormPage(messages, typed: refused?.typed, error: refused?.error)
        form.input(
            "name", messages("word.name"), help: messages("accounts.tokens.name.help"), autocomplete: "off")
        let ticked = refused?.typed.all("scope") ?? []
        return [
            "title": messages("accounts.tokens.title"), "tokens": tokens.map(entry),
            "hasTokens": !tokens.isEmpty, "secret": secret ?? false,
            "alert": refused.map { messages.sentence($0.error) } ?? false, "fields": form.fields,
            "scopes": APIToken.scopes.map { scope -> [String: Any] in
                [
                    "value": scope.rawValue, "label": messages("scope.\(scope.rawValue)"),
                    "ticked": ticked.contains(scope.rawValue),
                ]
            },
        ]
    }

    private func entry(_ token: APIToken) -> [String: Any] {
        let isWhole = token.permissions == .wholeOfToken
        return [
            "id": token.id.description, "name": token.name,
            "scopes": isWhole
                ? messages("accounts.tokens.whole")
                : APIToken.scopes.filter(token.permissions.contains).map {
                    messages("scope.\($0.rawValue)")
                }.joined(separator: " · "),
            "made": messages(
                "accounts.tokens.made", ["when": .string(messages.relative(token.createdAt, now: now))]),
            "used": token.lastUsedAt.map {
                messages("accounts.tokens.used", ["when": .string(messages.relative($0, now: now))])
            } ?? messages("accounts.tokens.unused"),
        ]
    }
}
