package import Ledger
package import Web

extension Call {
    /// Who answers for what this call changes.
    package func actor() throws -> Actor {
        switch try principal().caller {
        case .member(let id): .member(id)
        case .token(let id): .token(id)
        }
    }
}
