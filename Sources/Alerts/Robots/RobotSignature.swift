import Crypto
import Formats
package import Kernel
package import Outbound

/// How a robot knows that a message is ours.
package enum RobotSignature {
    /// DingTalk: to be added to the address. Percent-encoded base64 of HMAC-SHA256 of `ms\nsecret` under the
    /// secret.
    package static func dingtalk(secret: String, at now: Timestamp) -> String {
        let message = "\(now.milliseconds)\n\(secret)"
        return encoded(base64(Array(secret.utf8), message))
    }

    /// Feishu: base64 of HMAC-SHA256 of nothing under `seconds\nsecret`.
    package static func feishu(secret: String, at now: Timestamp) -> (timestamp: String, sign: String) {
        let seconds = now.milliseconds / 1000
        return (String(seconds), base64(Array("\(seconds)\n\(secret)".utf8), ""))
    }

    private static func base64(_ key: [UInt8], _ message: String) -> String {
        let code = Array(
            HMAC<SHA256>.authenticationCode(for: Array(message.utf8), using: SymmetricKey(data: key)))
        let url = Base64URL.encode(code).replacing("-", with: "+").replacing("_", with: "/")
        return url + String(repeating: "=", count: (4 - url.utf8.count % 4) % 4)
    }

    private static func encoded(_ base64: String) -> String {
        base64.replacing("+", with: "%2B").replacing("/", with: "%2F").replacing("=", with: "%3D")
    }
}

extension RobotMessage {
    /// One POST that the robot believes.
    package func request(
        to robot: Robot, url: String, secret: String?, at now: Timestamp
    ) -> HookRequest {
        let secret = robot.takesSecret ? secret : nil
        var address = url
        var signature: (timestamp: String, sign: String)?
        if let secret, robot == .dingtalk {
            let mark = url.contains("?") ? "&" : "?"
            let sign = RobotSignature.dingtalk(secret: secret, at: now)
            address += "\(mark)timestamp=\(now.milliseconds)&sign=\(sign)"
        } else if let secret {
            signature = RobotSignature.feishu(secret: secret, at: now)
        }
        return HookRequest(
            url: address, headers: [.init("Content-Type", "application/json; charset=utf-8")],
            body: body(for: robot, signature: signature).encoded())
    }
}
