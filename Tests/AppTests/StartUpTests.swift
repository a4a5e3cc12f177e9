import Foundation
import Kernel
import Schema
import Testing

@testable import App

@Suite struct `The start` {
    @Test func `refuses a clock that stands before the program was made`() throws {
        #expect(throws: CommandFailure.self) { try StartUp.checkClock(Timestamp(milliseconds: 0)) }
        #expect(throws: CommandFailure.self) {
            try StartUp.checkClock(Schema.writtenAt - .seconds(2 * 86_400))
        }
        try StartUp.checkClock(systemNow())
    }

    @Test(arguments: [(255 << 20, 1 << 30), (0, 1 << 20)])
    func `refuses a disk without room`(free: Int, size: Int) {
        #expect(throws: CommandFailure.self) { try StartUp.checkRoom(free: free, of: size) }
    }

    @Test func `begins with room enough`() throws { try StartUp.checkRoom(free: 256 << 20, of: 1 << 40) }

    @Test func `closes a data folder that others may read`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "rapport-start-\(UUID())").path
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try StartUp.check(Settings(variables: ["RAPPORT_DATA": folder]), at: systemNow())
        let mode = try FileManager.default.attributesOfItem(atPath: folder)[.posixPermissions] as? Int
        #expect(mode == 0o700)
    }
}
