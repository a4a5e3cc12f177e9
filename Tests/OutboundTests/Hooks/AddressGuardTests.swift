import Testing

@testable import Outbound

@Suite struct `An address` {
    /// Every way in which somebody has reached a private place by a URL that looked otherwise.
    static let hostile = [
        // Loopback, as written and as resolvers take it.
        "https://127.0.0.1/", "https://127.0.0.53/", "https://127.255.255.254/", "https://localhost/",
        "https://LOCALHOST/", "https://a.localhost/", "https://127.1/", "https://127.0.1/", "https://0/",
        "https://0x7f000001/", "https://0x7f.1/", "https://0x7F.0x0.0x0.0x1/", "https://2130706433/",
        "https://017700000001/", "https://0177.0.0.1/", "https://127.0.0.01/", "https://127.0.0.1./",
        "https://127.0.0.1%2f/", "https://１２７.0.0.1/", "https://①②⑦.0.0.1/", "https://127。0。0。1/",
        "https://127.0.0.1\\@example.org/", "https://[::1]/", "https://[0:0:0:0:0:0:0:1]/",
        "https://[::]/", "https://[::127.0.0.1]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/",
        "https://[::1%25lo]/", "https://[::1%lo]/", "https://0.0.0.0/", "https://0.1.2.3/",
        // Private, shared, link-local, metadata.
        "https://10.0.0.1/", "https://10.255.255.255/", "https://172.16.0.1/", "https://172.31.255.255/",
        "https://192.168.0.1/", "https://100.64.0.1/", "https://100.100.100.200/", "https://169.254.169.254/",
        "https://169.254.170.2/", "https://168.63.129.16/", "https://192.0.0.192/", "https://[fd00::1]/",
        "https://[fd00:ec2::254]/", "https://[fc00::1]/", "https://[fe80::1]/", "https://[fec0::1]/",
        "https://[FE80::A9FE:A9FE]/",
        // Addresses inside addresses.
        "https://[::ffff:10.0.0.1]/", "https://[::ffff:a9fe:a9fe]/", "https://[64:ff9b::7f00:1]/",
        "https://[64:ff9b::169.254.169.254]/", "https://[64:ff9b:1::a00:1]/", "https://[2002:7f00:1::]/",
        "https://[2002:a9fe:a9fe::1]/", "https://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/",
        "https://[::ffff:0:127.0.0.1]/", "https://[::10.0.0.1]/",
        // Nobody's, everybody's, and such as stand in books.
        "https://192.0.2.1/", "https://198.51.100.1/", "https://203.0.113.1/", "https://198.18.0.1/",
        "https://192.88.99.1/", "https://224.0.0.1/", "https://239.255.255.250/", "https://240.0.0.1/",
        "https://255.255.255.255/", "https://[ff02::1]/", "https://[2001:db8::1]/", "https://[3fff::1]/",
        "https://[100::1]/", "https://[5f00::1]/", "https://[4000::1]/",
        // Not https on 443, and what two readers take for two places.
        "http://example.org/", "https://example.org:8443/", "https://example.org:80/", "ftp://example.org/",
        "file:///etc/passwd", "gopher://127.0.0.1:6379/_x", "//example.org/", "https:example.org",
        "https://user@example.org/", "https://user:pw@example.org/", "https://example.org@127.0.0.1/",
        "https://example.org:443@127.0.0.1/", "https://127.0.0.1#@example.org/", "https://example.org#/",
        "https://example.org /", "https://example.org\t/", "https://example.org\r\nHost: x/",
        "https://ex\u{0}ample.org/", "https://example.org:/", "https://example.org:0443/",
        "https://example.org:443:443/", "https://example.org:65979/", "https://example.org:-1/", "https://",
        "https:///path", "https://.example.org/", "https://example..org/", "https://-a.example/",
        "https://[::1/", "https://::1/", "https://[1:2:3:4:5:6:7:8:9]/", "https://[1::2::3]/",
        "https://[:1:2:3:4:5:6:7]/", "https://[example.org]/", "https://exa%6dple.org/", "https://пример.рф/",
        "https://example.org.256/", "https://1.2.3.4.5/", "https://1.2.3/", "https://999.1.1.1/",
        "javascript:alert(1)", "https://[v1.x]/", "", "x",
    ]

    static let open = [
        "https://example.org/", "https://EXAMPLE.org", "https://example.org:443/hooks?a=b%20c",
        "https://xn--e1afmkfd.xn--p1ai/", "https://8.8.8.8/", "https://[2606:4700:4700::1111]/",
        "https://a_b.example.org/", "https://1.example.org/", "https://9.9.9.9:443/x", "https://intranet/",
        "https://172.32.0.1/", "https://100.128.0.1/", "https://11.0.0.1/", "https://[2a00::1]/",
    ]

    private func isKept(_ text: String, _ guarding: AddressGuard = AddressGuard()) -> Bool {
        guard let url = try? HookURL(text) else { return false }
        return guarding.fault(in: url) == nil
    }

    @Test(arguments: hostile)
    func `that is private, odd or not https is refused`(text: String) { #expect(!isKept(text)) }

    @Test(arguments: open)
    func `of the public internet is kept`(text: String) throws {
        #expect(isKept(text))
        let url = try HookURL(text)
        #expect(try HookURL(url.text) == url, "what leaves is another place than what was read")
    }

    @Test func `is refused where it leads, whatever its name`() throws {
        let guarding = AddressGuard(), url = try HookURL("https://example.org/")
        let (good, bad) = (IPAddress("93.184.215.14")!, IPAddress("10.0.0.7")!)
        #expect(try guarding.checked([good], for: url) == [good])
        for found in [[bad], [good, bad], [bad, good], [good, IPAddress("::1")!], []] {
            #expect(throws: HookFailure.self) { try guarding.checked(found, for: url) }
        }
    }

    @Test func `in a network that the operator allows is called, at any port, and no other is`() throws {
        let guarding = AddressGuard(allowing: [IPNetwork("127.0.0.0/8")!, IPNetwork("10.1.0.0/16")!])
        for text in [
            "http://127.0.0.1:9000/x", "https://127.0.0.1/", "http://localhost:1/", "http://10.1.2.3/",
            "http://hooks.internal:8080/", "http://[::1]:80/",
        ] { #expect(isKept(text, guarding), "\(text)") }
        for text in [
            "http://10.2.0.1/", "https://192.168.1.1/", "http://127.1/", "http://8.8.8.8/",
            "https://[::ffff:127.0.0.1]/", "https://169.254.169.254/", "ftp://127.0.0.1/",
        ] { #expect(!isKept(text, guarding), "\(text)") }
        let plain = try HookURL("http://hooks.internal:8080/")
        #expect(try guarding.checked([IPAddress("10.1.2.3")!], for: plain).count == 1)
        // A public place is not called without TLS because some private one may be.
        #expect(throws: HookFailure.self) { try guarding.checked([IPAddress("8.8.8.8")!], for: plain) }
    }

    @Test(arguments: [
        ("1.2.3.4", "1.2.3.4"), ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("1:0:0:2::", "1:0:0:2::"),
        ("2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
        ("::ffff:1.2.3.4", "::ffff:102:304"), ("1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"),
    ])
    func `has one spelling`(text: String, written: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.description == written)
        #expect(IPAddress(written) == address && IPAddress(bytes: address.bytes) == address)
    }

    @Test func `is in a network by its first bits`() throws {
        #expect(IPNetwork("10.0.0.0/8")!.contains(IPAddress("10.255.0.1")!))
        #expect(!IPNetwork("10.0.0.0/8")!.contains(IPAddress("11.0.0.0")!))
        #expect(IPNetwork("fd00::/8")!.contains(IPAddress("fdff::1")!))
        #expect(!IPNetwork("2001:db8::/97")!.contains(IPAddress("2001:db8::8000:0")!))
        #expect(IPNetwork("0.0.0.0/0")!.contains(IPAddress("1.2.3.4")!))
        for wrong in ["10.0.0.1/8", "10.0.0.0/33", "::/129", "10.0.0.0/", "10/8", "a/8", "10.0.0.0/+8"] {
            #expect(IPNetwork(wrong) == nil, "\(wrong)")
        }
    }
}
