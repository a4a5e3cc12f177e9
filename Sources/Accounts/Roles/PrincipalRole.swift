import Kernel
package import Ledger
import Web

extension Principal {
    /// Who is written down as the one who did it.
    package var actor: Actor {
        switch caller {
        case .member(let id): .member(id)
        case .token(let id): .token(id)
        }
    }

    /// Throws `forbidden` for a token: it has scopes and no role.
    var ownRole: Role {
        get throws(DomainError) {
            guard let role = role.flatMap(Role.init(rawValue:)) else { throw .forbidden }
            return role
        }
    }
}
