import Outbound

/// Which addresses may be called when an account names them: `RAPPORT_OUTBOUND_ALLOW`,
/// `RAPPORT_OUTBOUND_CA_FILE`.
struct HookSettings: Sendable {
    let guarding: AddressGuard
    /// PEM file of the authorities that a called server's certificate may be from; `nil` for those of the
    /// system.
    let authorities: String?

    /// Throws `SettingsError` for a network that is none.
    init(_ settings: Settings) throws {
        var networks: [IPNetwork] = []
        for text in (settings.text("outbound_allow") ?? "").split(whereSeparator: { ", ".contains($0) }) {
            guard let network = IPNetwork(text) else {
                throw SettingsError(
                    setting: "outbound_allow",
                    problem: "must name networks like 127.0.0.0/8 or fd00::/8, not \"\(text)\"")
            }
            networks.append(network)
        }
        guarding = AddressGuard(allowing: networks)
        authorities = settings.text("outbound_ca_file")
    }

    var poster: HookPoster.Settings { HookPoster.Settings(guarding: guarding, authorities: authorities) }
}
