package import Accounts
import Formats
package import Kernel
import Outbound
package import Surveys

/// Which answers are told at once, and to whom.
package struct AlertRule: Noun, Equatable, Sendable {
    package static let idPrefix = "alr"
    package typealias ID = Identifier<AlertRule>

    /// Where it is told.
    package enum Destination: String, Sendable, CaseIterable {
        case members, slack, teams, dingtalk, feishu, wecom

        /// `nil` for people.
        var robot: Robot? { Robot(rawValue: rawValue) }
    }

    /// A robot's address, which is a secret itself, and what it signs with.
    struct Hook: Equatable, Sendable {
        var sealedURL: String
        var sealedSecret: String?
        /// May be shown.
        var host: String
        /// Names the address without telling it: two rules with one robot share what it takes.
        var key: String
    }

    package let id: ID
    let account: Int64
    package var name: String
    /// `nil` for every survey.
    package var survey: Survey.ID?
    package var conditions: AlertConditions
    package var quietHours: QuietHours?
    package var destination: Destination
    package var members: [Member.ID]
    var hook: Hook?
    package var isEnabled: Bool
    let createdAt: Timestamp
    var updatedAt: Timestamp

    static let mostPerAccount = 100
    static let mostMembers = 50
    /// What nobody could tell for so long is no news any more.
    static let newsworthy = Duration.seconds(86_400)
    /// Of a new rule's first look, or a restored backup: older answers are told to nobody.
    static let history = Duration.seconds(86_400)
    /// In one digest; the others are counted.
    static let mostInDigest = 500

    /// What people may be written: at most so many mails at once, and then one every six minutes.
    static let mailAllowance = (burst: 10.0, perSecond: 10.0 / 3600)
}

/// What an answer must be; all that is named must hold.
package struct AlertConditions: Equatable, Sendable {
    package struct Segment: Equatable, Sendable {
        package let name: String
        package let value: String
    }
    package struct Worth: Equatable, Sendable {
        package let attribute: String
        package let atLeast: Double
    }

    /// Any when empty.
    package var bands: [Band] = []
    package var atMost: Int?
    package var atLeast: Int?
    /// One of them is enough.
    package var words: [String] = []
    package var segments: [Segment] = []
    package var worth: Worth?

    static let mostWords = 50
    static let mostSegments = 10

    package init() {}
}

/// An answer as rules look at it.
package struct AlertedAnswer: Sendable {
    package let response: SurveyResponse
    /// Folded and cut as search does it.
    package let words: Set<String>
    /// What was true of the customer when it was given.
    package let segments: [String: String]

    package init(response: SurveyResponse, words: Set<String>, segments: [String: String]) {
        self.response = response
        self.words = words
        self.segments = segments
    }
}

/// A daily time in which nobody is disturbed, in minutes past midnight of the account's own clock; it may go
/// over midnight.
package struct QuietHours: Equatable, Sendable {
    package let from: Int
    package let to: Int

    /// `nil` where it has no length or no such time.
    package init?(from: Int, to: Int) {
        guard (0..<1440).contains(from), (0..<1440).contains(to), from != to else { return nil }
        (self.from, self.to) = (from, to)
    }

    /// Reads `22:00` and `7:00`.
    package init?(from: String, to: String) {
        guard let from = Self.minute(from), let to = Self.minute(to) else { return nil }
        self.init(from: from, to: to)
    }

    private static func minute(_ text: String) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...2).contains(parts[0].utf8.count), parts[1].utf8.count == 2,
            let hour = Int(parts[0]), let minute = Int(parts[1]), (0..<24).contains(hour),
            (0..<60).contains(minute)
        else { return nil }
        return hour * 60 + minute
    }

    package static func text(of minute: Int) -> String {
        "\((minute / 60).padded(2)):\((minute % 60).padded(2))"
    }

    /// When they end, where `moment` lies in them; `nil` where it does not.
    package func end(around moment: Timestamp, in zone: Zone) -> Timestamp? {
        let today = zone.day(of: moment)
        // The span that began yesterday may still last.
        for day in [today - 1, today] {
            let begin = zone.moment(on: day, minute: from)
            let end = zone.moment(on: from < to ? day : day + 1, minute: to)
            if begin <= moment, moment < end { return end }
        }
        return nil
    }
}

extension AlertRule {
    /// A robot's address and what it signs with; `nil` for people, and where another installation sealed it.
    func opened(by seal: RobotSeal) -> (url: String, secret: String?)? {
        guard let hook, let url = seal.open(hook.sealedURL, for: "hook \(id)") else { return nil }
        return (url, hook.sealedSecret.flatMap { seal.open($0, for: "hook secret \(id)") })
    }

    /// Takes on what was checked. A robot keeps its address unless another is given.
    mutating func take(_ input: AlertRuleInput, seal: RobotSeal, world: World) throws {
        (name, survey, conditions) = (input.name, input.survey, input.conditions)
        (quietHours, isEnabled, updatedAt) = (input.quietHours, input.isEnabled, world.now())
        let changes = destination != input.destination
        (destination, members) = (input.destination, input.members)
        guard destination.robot != nil else { return hook = nil }
        if let url = input.url, let host = try? HookURL(url).hostText {
            let kept = changes ? nil : hook?.sealedSecret
            hook = Hook(
                sealedURL: try seal.seal(url, for: "hook \(id)", world: world), sealedSecret: kept,
                host: host, key: seal.mark(url))
        }
        if let secret = input.secret {
            hook?.sealedSecret = try seal.seal(secret, for: "hook secret \(id)", world: world)
        }
    }

    /// A new one, not stored yet.
    static func made(
        _ input: AlertRuleInput, account: Int64, seal: RobotSeal, world: World
    ) throws -> AlertRule {
        let now = world.now()
        var rule = AlertRule(
            id: world.id(), account: account, name: input.name, conditions: input.conditions,
            destination: input.destination, members: [], isEnabled: true, createdAt: now, updatedAt: now)
        try rule.take(input, seal: seal, world: world)
        return rule
    }
}
