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
        switch text {
        case "customer": self = .customer
        case "system": self = .system
        case "import": self = .import
        case "operator": self = .operator
        default:
            guard let sign = text.firstIndex(of: ":"), let id = Int64(text[text.index(after: sign)...]) else {
                return nil
            }
            switch text[..<sign] {
            case "member": self = .member(id)
            case "token": self = .token(id)
            default: return nil
            }
        }
    }
}
