/// Which addresses this installation calls when an account says so: those of the public internet, and private
/// ones that its operator has allowed. Addresses are judged, never names: a name leads wherever its owner
/// likes, each time it is asked.
package struct AddressGuard: Sendable {
    /// What an address is for.
    package enum Standing: Equatable, Sendable {
        case open
        /// In a network that the operator has allowed.
        case allowed
        /// Not for us; the words say why.
        case forbidden(String)
    }

    private let networks: [IPNetwork]

    /// `127.0.0.0/8` means `::1` too, for `localhost` is both.
    package init(allowing networks: [IPNetwork] = []) {
        let both = networks.contains(IPNetwork(fixed: "127.0.0.0/8")) ? [IPNetwork(fixed: "::1")] : []
        self.networks = networks + both
    }

    package func standing(of address: IPAddress) -> Standing {
        if networks.contains(where: { $0.contains(address) }) { return .allowed }
        if let known = Self.reserved.first(where: { $0.network.contains(address) }) {
            return .forbidden(known.purpose)
        }
        // Of IPv6 only this is given out: all else is for neighbours, for tunnels, or for nobody yet.
        if case .v6 = address, !Self.unicast.contains(address) { return .forbidden("not public") }
        return .open
    }

    /// What is wrong with a URL before anything is looked up; `nil` where it may be kept.
    package func fault(in url: HookURL) -> HookURL.Fault? {
        let standings: [Standing]
        switch url.host {
        case .address(let address): standings = [standing(of: address)]
        case .name(let name) where name == "localhost" || name.hasSuffix(".localhost"):
            // Whatever a resolver says (RFC 6761, 6.3).
            standings = [standing(of: .v4(0x7F00_0001))]
        case .name: standings = networks.isEmpty ? [.open] : [.open, .allowed]
        }
        if standings.contains(.allowed) { return nil }
        guard standings == [.open] else { return .notPublic }
        return url.isHTTPS ? url.port == 443 ? nil : .otherPort : .notHTTPS
    }

    /// The addresses to connect to, and to no other: those that were found. One that is forbidden forbids the
    /// name, for a public name that leads into a private network means no good.
    package func checked(_ found: [IPAddress], for url: HookURL) throws(HookFailure) -> [IPAddress] {
        guard !found.isEmpty else {
            throw HookFailure(.unreachable, reason: "\(url.hostText) has no address")
        }
        let isPlain = url.isHTTPS && url.port == 443
        for address in found {
            switch standing(of: address) {
            case .allowed: continue
            case .open where isPlain: continue
            case .open:
                throw HookFailure(.forbidden, reason: "\(address) is called by https on port 443 only")
            case .forbidden(let purpose):
                throw HookFailure(.forbidden, reason: "\(address) must not be called: \(purpose)")
            }
        }
        return found
    }

    private static let unicast = IPNetwork(fixed: "2000::/3")

    /// The special-purpose registries of IANA (RFC 6890 and what followed), and what clouds answer at.
    private static let reserved: [(network: IPNetwork, purpose: String)] = [
        (IPNetwork(fixed: "0.0.0.0/8"), "this host"), (IPNetwork(fixed: "10.0.0.0/8"), "private"),
        (IPNetwork(fixed: "100.64.0.0/10"), "shared by a carrier"),
        (IPNetwork(fixed: "127.0.0.0/8"), "loopback"),
        (IPNetwork(fixed: "168.63.129.16"), "metadata of a cloud"),
        (IPNetwork(fixed: "169.254.0.0/16"), "link-local"),
        (IPNetwork(fixed: "172.16.0.0/12"), "private"), (IPNetwork(fixed: "192.0.0.0/24"), "protocols"),
        (IPNetwork(fixed: "192.0.2.0/24"), "documentation"),
        (IPNetwork(fixed: "192.31.196.0/24"), "protocols"),
        (IPNetwork(fixed: "192.52.193.0/24"), "protocols"), (IPNetwork(fixed: "192.88.99.0/24"), "6to4"),
        (IPNetwork(fixed: "192.168.0.0/16"), "private"), (IPNetwork(fixed: "192.175.48.0/24"), "protocols"),
        (IPNetwork(fixed: "198.18.0.0/15"), "benchmarks"),
        (IPNetwork(fixed: "198.51.100.0/24"), "documentation"),
        (IPNetwork(fixed: "203.0.113.0/24"), "documentation"), (IPNetwork(fixed: "224.0.0.0/4"), "multicast"),
        (IPNetwork(fixed: "240.0.0.0/4"), "reserved"),
        (IPNetwork(fixed: "::"), "this host"), (IPNetwork(fixed: "::1"), "loopback"),
        (IPNetwork(fixed: "::ffff:0:0/96"), "IPv4 in IPv6"), (IPNetwork(fixed: "64:ff9b::/96"), "NAT64"),
        (IPNetwork(fixed: "64:ff9b:1::/48"), "NAT64"),
        (IPNetwork(fixed: "2001::/23"), "protocols and tunnels"),
        (IPNetwork(fixed: "2001:db8::/32"), "documentation"), (IPNetwork(fixed: "2002::/16"), "6to4"),
        (IPNetwork(fixed: "2620:4f:8000::/48"), "protocols"), (IPNetwork(fixed: "3ffe::/16"), "given back"),
        (IPNetwork(fixed: "3fff::/20"), "documentation"), (IPNetwork(fixed: "fc00::/7"), "private"),
        (IPNetwork(fixed: "fe80::/10"), "link-local"), (IPNetwork(fixed: "fec0::/10"), "private"),
        (IPNetwork(fixed: "ff00::/8"), "multicast"),
    ]
}
