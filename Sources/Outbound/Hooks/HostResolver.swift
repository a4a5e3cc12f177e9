import Glibc

/// Finds the addresses of a name. Blocks, so it is asked on a thread of its own kind.
package struct HostResolver: Sendable {
    package let addresses: @Sendable (_ name: String) throws(HookFailure) -> [IPAddress]

    package init(_ addresses: @escaping @Sendable (String) throws(HookFailure) -> [IPAddress]) {
        self.addresses = addresses
    }

    /// As this machine resolves names.
    package static let system = HostResolver { name throws(HookFailure) in
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(name, nil, &hints, &first)
        guard code == 0 else {
            throw HookFailure(.unreachable, reason: "\(name): \(String(cString: gai_strerror(code)))")
        }
        defer { freeaddrinfo(first) }
        var found: [IPAddress] = [], next = first
        while let entry = next?.pointee {
            next = entry.ai_next
            if let place = entry.ai_addr, let address = IPAddress(place), !found.contains(address) {
                found.append(address)
            }
        }
        return found
    }
}

extension IPAddress {
    fileprivate init?(_ place: UnsafeMutablePointer<sockaddr>) {
        switch Int32(place.pointee.sa_family) {
        case AF_INET:
            let bits = UnsafeRawPointer(place).load(as: sockaddr_in.self).sin_addr.s_addr
            self = .v4(UInt32(bigEndian: bits))
        case AF_INET6:
            var address = UnsafeRawPointer(place).load(as: sockaddr_in6.self).sin6_addr
            self.init(bytes: withUnsafeBytes(of: &address) { Array($0) })
        default: return nil
        }
    }
}
