import Formats
package import Outbound

/// What became of a message to a robot. Most of them answer 200 whatever happened, and say it in the body.
package enum RobotReply: Equatable, Sendable {
    case taken(String)
    /// It takes no more for a while; it may say for how long.
    case later(String, after: Duration?)
    /// Trying again does not help.
    case refused(String)

    /// DingTalk and WeCom: too many messages, or busy.
    private static let busy: Set<Int> = [-1, 45009, 45033, 130101, 410100]
    /// DingTalk stays silent for ten minutes towards who sends too many.
    private static let blocked = Duration.seconds(600)

    package init(_ reply: HookReply, of robot: Robot) {
        let said = String(decoding: reply.body.prefix(300), as: UTF8.self)
        if reply.status == 429 || reply.status == 408 || reply.status >= 500 {
            self = .later("\(reply.status) \(said)", after: reply.retryAfter)
            return
        }
        guard (200..<300).contains(reply.status) else {
            self = .refused("\(reply.status) \(said)")
            return
        }
        switch robot {
        case .slack: self = said == "ok" ? .taken(said) : .refused(said)
        case .teams: self = .taken("\(reply.status)")
        case .dingtalk, .wecom: self = Self.coded("errcode", reply, said)
        case .feishu: self = Self.coded("code", reply, said)
        }
    }

    private static func coded(_ key: String, _ reply: HookReply, _ said: String) -> RobotReply {
        guard let body = try? JSONValue(parsing: reply.body), let code = body[key]?.exactInteger else {
            return .refused(said)
        }
        if code == 0 { return .taken(said) }
        if key == "code" { return code == 11232 ? .later(said, after: nil) : .refused(said) }
        return busy.contains(code) ? .later(said, after: code == -1 ? nil : blocked) : .refused(said)
    }

    /// Nobody answered: a message that comes twice does less harm than one that never came.
    package init(_ failure: HookFailure) {
        switch failure.kind {
        case .forbidden: self = .refused(failure.reason)
        case .unreachable: self = .later(failure.reason, after: nil)
        }
    }
}
