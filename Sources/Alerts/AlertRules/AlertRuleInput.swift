import Accounts
import Formats
import Kernel
import Outbound
import Surveys
import Web

/// What a caller says of a rule, checked. Page and API read it alike.
struct AlertRuleInput: Equatable, Sendable {
    var name: String
    var survey: Survey.ID?
    var conditions = AlertConditions()
    var quietHours: QuietHours?
    var destination: AlertRule.Destination
    var members: [Member.ID] = []
    /// `nil` keeps what is known.
    var url: String?
    var secret: String?
    var isEnabled = true

    static let longestURL = HookURL.longest
}

extension AlertRuleInput {
    /// The body of a POST, or of a PATCH over `known` (RFC 7396: what is left out stays). An address is
    /// judged by `guarding`.
    init(_ input: inout JSONInput, over known: AlertRule? = nil, guarding: AddressGuard) {
        name = input.has("name") || known == nil ? input.requiredText("name", 1...120) : known?.name ?? ""
        survey = known?.survey
        if input.has("survey") {
            let text = input.text("survey")
            survey = text.flatMap { Survey.ID($0) }
            if text != nil, survey == nil { input.refuse("survey", "not-found") }
        }
        conditions = known?.conditions ?? AlertConditions()
        if input.has("when") {
            conditions = AlertConditions()
            if var when = input.object("when") {
                conditions = AlertConditions(&when)
                input.take(when.findings)
            }
        }
        quietHours = known?.quietHours
        if input.has("quiet_hours") { quietHours = Self.quietHours(&input) }
        isEnabled = input.bool("enabled") ?? known?.isEnabled ?? true
        destination = known?.destination ?? .members
        members = known?.members ?? []
        guard input.has("to") || known == nil else { return }
        input.require("to")
        guard var to = input.object("to") else { return }
        take(&to, over: known, guarding)
        input.take(to.findings)
    }

    private static func quietHours(_ input: inout JSONInput) -> QuietHours? {
        guard var hours = input.object("quiet_hours") else { return nil }
        let (from, to) = (hours.requiredText("from", 4...5), hours.requiredText("to", 4...5))
        let found = QuietHours(from: from, to: to)
        if found == nil, hours.problems.isEmpty { hours.refuse("to", "not-a-time-of-day") }
        input.take(hours.findings)
        return found
    }

    private mutating func take(
        _ to: inout JSONInput, over known: AlertRule?, _ guarding: AddressGuard
    ) {
        to.require("kind")
        destination = to.choice("kind") ?? .members
        let stays = known?.destination == destination
        url = to.text("url", 1...Self.longestURL)
        secret = to.text("secret", 1...500)
        members = []
        for (index, value) in (to.array("members") ?? []).enumerated() {
            guard let id = value.string.flatMap({ Member.ID($0) }) else {
                to.refuse(at: index, of: "members", "not-found")
                continue
            }
            if !members.contains(id) { members.append(id) }
        }
        let faults = faults(keeps: stays && known?.hook != nil, guarding)
        for (field, code, values) in faults where to.problems.isEmpty { to.refuse(field, code, values) }
    }

    /// What does not fit the destination: field, code, values.
    mutating func faults(
        keeps hasHook: Bool, _ guarding: AddressGuard
    ) -> [(String, String, [String: String])] {
        guard let robot = destination.robot else {
            if url != nil { return [("url", "unknown-field", [:])] }
            if members.isEmpty { return [("members", "missing", [:])] }
            let most = AlertRule.mostMembers
            return members.count > most ? [("members", "too-many", ["max": String(most)])] : []
        }
        if !members.isEmpty { return [("members", "unknown-field", [:])] }
        if secret != nil, !robot.takesSecret { return [("secret", "unknown-field", [:])] }
        guard let url else { return hasHook ? [] : [("url", "missing", [:])] }
        switch Webhook.Wish.url(url, guarding: guarding) {
        case .success(let spelled): self.url = spelled
        case .failure(let fault): return [("url", fault.rawValue, [:])]
        }
        return []
    }
}

extension AlertConditions {
    init(_ input: inout JSONInput) {
        self.init()
        for (index, value) in (input.array("bands") ?? []).enumerated() {
            guard let band = value.string.flatMap({ Band(rawValue: $0) }) else {
                let allowed = Band.allCases.map(\.rawValue).joined(separator: ", ")
                input.refuse(at: index, of: "bands", "unknown-value", ["allowed": allowed])
                continue
            }
            if !bands.contains(band) { bands.append(band) }
        }
        atMost = input.integer("score_at_most", in: -10...10)
        atLeast = input.integer("score_at_least", in: -10...10)
        for (index, value) in (input.array("words") ?? []).enumerated() {
            let text = value.string?.trimmed ?? ""
            if text.isEmpty || text.count > 100 || text.utf8.contains(0) {
                input.refuse(at: index, of: "words", "wrong-type", ["expected": "text"])
            } else if !words.contains(text) {
                words.append(text)
            }
        }
        if words.count > Self.mostWords {
            input.refuse("words", "too-many", ["max": String(Self.mostWords)])
        }
        takeSegments(&input)
        if var value = input.object("value") {
            let attribute = value.requiredText("attribute", 1...64)
            value.require("at_least")
            let least = value.value("at_least")?.double
            if least == nil, value.problems.isEmpty {
                value.refuse("at_least", "wrong-type", ["expected": "number"])
            }
            worth = least.map { Worth(attribute: attribute, atLeast: $0) }
            input.take(value.findings)
        }
    }

    private mutating func takeSegments(_ input: inout JSONInput) {
        guard var named = input.object("segments") else { return }
        for name in named.keys.sorted() {
            let value = named.requiredText(name, 1...200)
            if name.count > 64 || name.utf8.contains(0) { named.refuse(name, "too-long", ["max": "64"]) }
            segments.append(Segment(name: name, value: value))
        }
        if segments.count > Self.mostSegments {
            input.refuse("segments", "too-many", ["max": String(Self.mostSegments)])
        }
        input.take(named.findings)
    }

    /// As the API shows it, and as it is stored.
    var json: JSONValue {
        var object: JSONObject = [:]
        if !bands.isEmpty { object.set("bands", .array(bands.map { .string($0.rawValue) })) }
        if let atMost { object.set("score_at_most", .integer(Int64(atMost))) }
        if let atLeast { object.set("score_at_least", .integer(Int64(atLeast))) }
        if !words.isEmpty { object.set("words", .array(words.map { .string($0) })) }
        if !segments.isEmpty {
            object.set("segments", .object(JSONObject(segments.map { ($0.name, .string($0.value)) })))
        }
        if let worth {
            object.set(
                "value", ["attribute": .string(worth.attribute), "at_least": .number(worth.atLeast)])
        }
        return .object(object)
    }
}

extension QuietHours {
    var json: JSONValue {
        ["from": .string(Self.text(of: from)), "to": .string(Self.text(of: to))]
    }
}

extension JSONInput {
    /// One entry of a list.
    fileprivate mutating func refuse(
        at index: Int, of key: String, _ code: String, _ values: [String: String] = [:]
    ) {
        take([DomainError.Field("\(pointer(key))/\(index)", code, values)])
    }
}
