import Formats
import Glibc
import Kernel
import Outbound

/// A URL that may be called is called at the place that the C library finds in it, and that is public.
func fuzzHook(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    if let network = IPNetwork(text) {
        promise(IPNetwork(network.description) == network, "a network did not read back")
        promise(network.contains(network.base), "a network without its first address")
    }
    if let address = IPAddress(text) {
        promise(IPAddress(address.description) == address, "an address did not read back")
        promise(resolved(text) == address, "the resolver takes it for another place")
    }
    guard let url = try? HookURL(text) else { return }
    promise((try? HookURL(url.text)) == url, "a URL did not read back")
    promise(url.text.utf8.allSatisfy { (0x21..<0x7F).contains($0) }, "no plain URL")
    guard AddressGuard().fault(in: url) == nil else { return }
    promise(url.isHTTPS && url.port == 443, "called without TLS or elsewhere")
    // Whatever the C library takes for an address without asking anybody must be one that we saw.
    let plain = url.hostText.filter { $0 != "[" && $0 != "]" }
    if let place = resolved(plain) {
        promise(url.host == .address(place), "an address in disguise")
        promise(AddressGuard().standing(of: place) == .open, "a private address")
    }
}

/// What `getaddrinfo` reads as a number, odd spellings included.
private func resolved(_ text: String) -> IPAddress? {
    var hints = addrinfo(), first: UnsafeMutablePointer<addrinfo>?
    hints.ai_flags = AI_NUMERICHOST
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    guard !text.utf8.contains(0), getaddrinfo(text, nil, &hints, &first) == 0, let place = first?.pointee
    else {
        return nil
    }
    defer { freeaddrinfo(first) }
    let bytes = UnsafeRawPointer(place.ai_addr!)
    if place.ai_family == AF_INET {
        return .v4(UInt32(bigEndian: bytes.load(as: sockaddr_in.self).sin_addr.s_addr))
    }
    var address = bytes.load(as: sockaddr_in6.self).sin6_addr
    return IPAddress(bytes: withUnsafeBytes(of: &address) { Array($0) })
}

/// A header of signatures that is read is written the same; a pause that is asked for is none of the past.
func fuzzSignature(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    if let header = SignatureHeader(text) {
        promise(SignatureHeader(header.text) == header, "signatures did not read back")
        promise(header.signatures.count <= SignatureHeader.most, "too many signatures")
        for one in header.signatures { promise(header.holds(one), "a signature was lost") }
    }
    if let pause = RetryAfter.pause(text, at: Timestamp(milliseconds: 0)) {
        promise(pause >= .zero, "a pause that ended before it began")
    }
    promise(Base64.decode(text).map { Base64.encode($0) == text } ?? true, "base64 did not read back")
}

/// What the DNS answers comes from strangers, and stands on a page.
func fuzzRecords(_ bytes: [UInt8]) {
    guard let answer = TXTAnswer(bytes) else { return }
    promise(answer.records.count <= 100, "too many records")
    promise(
        answer.records.reduce(0) { $0 + $1.utf8.count } <= bytes.count, "more words than the answer held")
    promise(answer.records.allSatisfy { $0.utf8.allSatisfy { (0x20..<0x7F).contains($0) } }, "no plain text")
    promise(TXTAnswer(bytes + [0]) == answer, "what follows the answer changed it")
}
