import Foundation
package import Kernel
import Schema

/// What a server or a worker refuses to begin on: it would lose answers, or show them to others.
package enum StartUp {
    /// Bytes: less, and the disk is full before anybody looks.
    static let leastFree = 256 << 20

    /// Throws `CommandFailure` with what is wrong and what helps. Closes a data folder that others may read,
    /// and says so on stderr, as it does of a disk that is nearly full.
    ///
    /// Commits that would not survive a power cut, a schema newer than the program and a missing base URL are
    /// refused where they are first needed.
    package static func check(_ settings: Settings, at now: Timestamp) throws {
        try checkClock(now)
        guard settings.databaseURL == nil else { return }
        try Installation.makeFolder(settings.dataFolder)
        try closeToOthers(settings.dataFolder)
        let disk = try FileManager.default.attributesOfFileSystem(forPath: settings.dataFolder)
        guard let free = disk[.systemFreeSize] as? Int, let size = disk[.systemSize] as? Int else { return }
        try checkRoom(free: free, of: size)
    }

    /// A clock before the program's own making is wrong, and every due date and lease with it.
    static func checkClock(_ now: Timestamp) throws {
        guard now < Schema.writtenAt - .seconds(86_400) else { return }
        throw CommandFailure(
            "The clock of this machine says \(now.rfc3339), which is before this program was made: set it.")
    }

    static func checkRoom(free: Int, of size: Int) throws {
        guard free >= leastFree else {
            throw CommandFailure(
                "Only \(free >> 20) MiB are free on the disk of the data folder: make room, at least "
                    + "\(leastFree >> 20) MiB.", code: CommandFailure.tryAgain)
        }
        if free < size / 20 {
            Console.say("The disk of the data folder is nearly full: \(free >> 20) MiB free.")
        }
    }

    private static func closeToOthers(_ folder: String) throws {
        let mode = try FileManager.default.attributesOfItem(atPath: folder)[.posixPermissions] as? Int ?? 0
        guard mode & 0o077 != 0 else { return }
        do {
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder)
        } catch {
            throw CommandFailure("Others may read \(folder), and that cannot be changed: chmod 700 it.")
        }
        Console.say("\(folder) was open to others; it is its owner's alone now.")
    }
}
