import Outbound
import Testing

@testable import App

@Suite struct `The settings of what may be called` {
    @Test func `are none, or networks`() throws {
        func standing(_ allow: String?, _ address: String) throws -> AddressGuard.Standing {
            let settings = Settings(variables: allow.map { ["RAPPORT_OUTBOUND_ALLOW": $0] } ?? [:])
            return try HookSettings(settings).guarding.standing(of: try #require(IPAddress(address)))
        }
        #expect(try standing(nil, "127.0.0.1") == .forbidden("loopback"))
        #expect(try standing("127.0.0.0/8", "127.0.0.1") == .allowed)
        #expect(try standing("10.0.0.0/8, 192.168.1.7", "192.168.1.7") == .allowed)
        #expect(try standing("10.0.0.0/8, 192.168.1.7", "192.168.1.8") == .forbidden("private"))
        for wrong in ["localhost", "127.0.0.1/8", "10.0.0.0/8;::1", "all", "0x7f.1"] {
            #expect(throws: SettingsError.self, "\(wrong)") {
                try HookSettings(Settings(variables: ["RAPPORT_OUTBOUND_ALLOW": wrong]))
            }
        }
    }
}
