import Accounts
import Kernel
import Language
import Surveys

/// One message about one answer or several, committed as `sending` before the first byte leaves.
package struct OutgoingAlert: Sendable {
    /// Where it goes.
    enum Place: Sendable {
        case member(name: String, address: String)
        case robot(Robot, url: String, secret: String?)
    }

    let rule: AlertRule
    let alerts: [Alert]
    /// Those whose answers are still there, in the order of the alerts.
    let answers: [SurveyResponse]
    let surveys: [Survey.ID: String]
    let account: Account
    let language: ReaderLanguage
    let place: Place
    let allowance: String
    /// Names this attempt: who holds another one may settle nothing.
    let claim: Int64
    /// This one counted.
    let attempts: Int
    let expiresAt: Timestamp
    let clearsAlarm: Bool

    /// Of a robot, `nil` of a member.
    var robot: Robot? {
        if case .robot(let robot, _, _) = place { robot } else { nil }
    }
}
