import Glibc
import Kernel

/// The neighbourhood of an address, /24 or /56: enough to tell two visitors apart, too little to name one.
struct ClientNetwork: Equatable, Sendable, CustomStringConvertible {
    let description: String

    /// `nil` for what is no address of the internet.
    init?(_ address: String) {
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, address, &bytes) == 1 {
            description = Self.short(bytes.prefix(4))
            return
        }
        guard inet_pton(AF_INET6, address, &bytes) == 1 else { return nil }
        // An IPv4 client of a socket that speaks both.
        let isMapped = bytes.prefix(12).elementsEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF])
        description = isMapped ? Self.short(bytes.suffix(4)) : bytes.prefix(7).hexadecimal + "/56"
    }

    private static func short(_ bytes: ArraySlice<UInt8>) -> String {
        bytes.prefix(3).map(String.init).joined(separator: ".") + ".0/24"
    }
}
