/// Who made something happen. Ids only: the name is looked up when it is shown.
package enum Actor: Hashable, Sendable, LosslessStringConvertible {
    case customer
    case member(Int64)
    /// An API token.
    case token(Int64)
    /// The program itself, by rule or clock.
    case system
    case `import`
    /// Whoever runs commands on the server.
    case `operator`

    /// What is stored: the word, and for members and tokens their number, `member:17`.
    package var description: String {
        switch self {
        case .customer: "customer"
        case .member(let id): "member:\(id)"
        case .token(let id): "token:\(id)"
        case .system: "system"
        case .import: "import"
        case .operator: "operator"
        }
    }

    package init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        switch (parts.first, parts.count) {
        case ("customer", 1): self = .customer
        case ("system", 1): self = .system
        case ("import", 1): self = .import
        case ("operator", 1): self = .operator
        case ("member", 2):
            guard let id = Int64(parts[1]) else { return nil }
            self = .member(id)
        case ("token", 2):
            guard let id = Int64(parts[1]) else { return nil }
            self = .token(id)
        default: return nil
        }
    }
}
