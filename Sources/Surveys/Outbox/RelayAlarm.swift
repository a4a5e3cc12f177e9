package import Kernel

/// Why nothing is sent for a while: the relay does not know us, or shows a certificate that it should not.
package struct RelayAlarm: Equatable, Sendable {
    package let reason: String
    /// In a row.
    package let failures: Int
    package let raisedAt: Timestamp
    package let stoppedUntil: Timestamp

    static let mail = "mail"

    /// 5 minutes, doubled each time, at most an hour.
    static func pause(after failures: Int) -> Duration {
        .seconds(min(300 << min(max(failures - 1, 0), 4), 3600))
    }
}
