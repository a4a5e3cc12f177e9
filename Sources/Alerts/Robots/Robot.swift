/// A robot of a team's chat: what it takes, and how much of it.
package enum Robot: String, Sendable, CaseIterable {
    case slack, teams, dingtalk, feishu, wecom

    /// The largest body, in bytes; WeCom counts its text alone.
    package var largestBody: Int {
        switch self {
        case .slack: 40_000
        case .teams: 28_000
        case .dingtalk, .feishu: 20_000
        case .wecom: 4096
        }
    }

    /// Messages at once, and then as many a second. Both together stay within what the robot takes in any
    /// minute, for a full bucket may be emptied at the beginning of one.
    package var allowance: (burst: Double, perSecond: Double) {
        switch self {
        case .slack, .teams: (1, 1)
        // 100 a minute, and 5 in any second.
        case .feishu: (4, 1)
        // 20 in any minute; DingTalk blocks for ten minutes who sends more.
        case .dingtalk, .wecom: (10, 10.0 / 60)
        }
    }

    /// True where a message may be signed.
    package var takesSecret: Bool { self == .dingtalk || self == .feishu }
}
