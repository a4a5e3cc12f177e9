import Accounts
import Kernel

/// The personal link by which a customer judges how a case was resolved: `/v/{token}`.
///
/// One link for the whole life of a case. Its token is made from the installation's secret, so that the case
/// page can show it again; only its hash is stored, so a copy of the database opens none.
package struct VerdictLink: Sendable {
    private let secret: [UInt8]

    package init(secret: [UInt8]) { self.secret = secret }

    /// 32 letters of hexadecimal.
    package func token(of id: RecoveryCase.ID) -> String {
        String(SecretHash.keyed(by: secret, "verdict \(id.number)").prefix(32))
    }

    /// `nil` while there is nothing to judge, and where nobody is known who could.
    package func path(of recovery: RecoveryCase) -> String? {
        guard recovery.stage == .resolved, recovery.customer != nil else { return nil }
        return Self.path(token(of: recovery.id))
    }

    package static func path(_ token: String) -> String { "/v/\(token)" }
    /// Where the customer says that they want no more mail.
    package static func leavePath(_ token: String) -> String { path(token) + "/leave" }

    func hash(of token: String) -> String { SecretHash.of(token) }
}
