package import Formats
package import Kernel
package import Web

extension AskRule {
    /// A name and a first definition, checked. Throws all that is wrong.
    package static func read(
        _ body: JSONInput
    ) throws(DomainError) -> (name: String, definition: AskRuleDefinition) {
        var body = body
        let name = body.requiredText("name", 1...200)
        for key in ["survey", "event", "channel"] { body.require(key) }
        var definition = AskRuleDefinition(survey: Survey.ID(0), event: "")
        definition.change(by: &body)
        definition.check(&body)
        try body.finish()
        if definition.channel == .sms { throw .smsNotConfigured }
        return (name, definition)
    }

    /// Takes what a patch gives: `name`, `state`, and what a definition holds.
    /// A form is `isWhole`: what it leaves out that must be there is missing.
    mutating func change(by patch: JSONInput, isWhole: Bool = false) throws(DomainError) {
        var input = patch
        if isWhole { for key in ["name", "survey", "event"] { input.require(key) } }
        if let given = input.text("name", 1...200) { name = given }
        if let given = input.choice("state", State.self) { state = given }
        definition.change(by: &input)
        definition.check(&input)
        try input.finish()
        if definition.channel == .sms { throw .smsNotConfigured }
    }
}

extension AskRuleDefinition {
    /// As it is stored and as the API shows it.
    package var json: JSONObject {
        var json: JSONObject = [
            "survey": .id(survey), "event": .string(event), "channel": .string(channel.rawValue),
            "touchpoint": .text(touchpoint), "delay": .string(delay.description),
            "hours": hours.map { ["from": .string($0.fromText), "to": .string($0.toText)] } ?? .null,
            "sample": .number(sample),
        ]
        var limits: JSONObject = [:]
        if let day = quota.day { limits.set("day", .integer(Int64(day))) }
        if let month = quota.month { limits.set("month", .integer(Int64(month))) }
        json.append("quota", limits.isEmpty ? .null : .object(limits))
        json.append("reminders", .array(reminders.map { .string($0.description) }))
        json.append("until", until?.json ?? .null)
        json.append("where", .object(JSONObject(conditions.map { ($0.name, $0.json) })))
        json.append("period", .text(period?.rawValue))
        return json
    }

    /// Reads what `json` wrote. Throws for anything else.
    init(stored text: String) throws {
        var input = try JSONInput(Array(text.utf8))
        self.init(survey: Survey.ID(0), event: "")
        change(by: &input)
        try input.finish()
    }

    /// Takes what is given; null takes away what may be left out. What is wrong is kept in `input`.
    mutating func change(by input: inout JSONInput) {
        if let text = input.text("survey") {
            if let id = Survey.ID(text) { survey = id } else { input.refuse("survey", "not-an-id") }
        }
        if let given = input.text("event", 1...100) { event = given }
        if let given = input.choice("channel", Invitation.Channel.self) { channel = given }
        let touchpoint = input.text("touchpoint", ResponseDraft.labelLengths)
        if input.has("touchpoint") { self.touchpoint = touchpoint }
        let delay = input.span("delay")
        if input.has("delay") { self.delay = delay ?? .zero }
        let hours = Self.hours(&input)
        if input.has("hours") { self.hours = hours }
        let sample = input.share("sample")
        if input.has("sample") { self.sample = sample ?? 1 }
        let quota = Self.quota(&input)
        if input.has("quota") { self.quota = quota }
        let reminders = Self.reminders(&input)
        if input.has("reminders") { self.reminders = reminders }
        let until = input.end("until")
        if input.has("until") { self.until = until }
        let conditions = AskCondition.read(&input)
        if input.has("where") { self.conditions = conditions }
        let period = input.choice("period", Period.self)
        if input.has("period") { self.period = period }
    }

    /// What must fit together.
    func check(_ input: inout JSONInput) {
        if asksBySchedule {
            if period == nil { input.refuse("period", "missing") }
            if countsEvents { input.refuse("where", "reserved") }
        } else if period != nil {
            input.refuse("period", "unknown-field")
        }
    }

    private static func hours(_ input: inout JSONInput) -> AskHours? {
        guard var given = input.object("hours") else { return nil }
        let (from, to) = (given.requiredText("from", 1...5), given.requiredText("to", 1...5))
        let hours = AskHours(from: from, to: to)
        if hours == nil, given.problems.isEmpty { given.refuse("to", "not-hours-of-day") }
        input.take(given.findings)
        return hours
    }

    private static func quota(_ input: inout JSONInput) -> Quota {
        guard var given = input.object("quota") else { return Quota() }
        let range = 1...1_000_000
        let quota = Quota(day: given.integer("day", in: range), month: given.integer("month", in: range))
        input.take(given.findings)
        return quota
    }

    static func reminders(_ input: inout JSONInput) -> [CalendarSpan] {
        let given = input.array("reminders") ?? []
        if given.count > mostReminders { input.refuse("reminders", "too-many", ["max": "\(mostReminders)"]) }
        return given.prefix(mostReminders).enumerated().compactMap { index, value in
            // A letter an hour after the last one is no reminder.
            guard let span = value.string.flatMap({ CalendarSpan($0) }), span.days >= 1 else {
                input.take([DomainError.Field(input.pointer("reminders") + "/\(index)", "not-a-duration")])
                return nil
            }
            return span
        }
    }
}

extension JSONInput {
    /// A span of time, `PT2H`.
    mutating func span(_ key: String) -> CalendarSpan? {
        guard let value = value(key) else { return nil }
        guard let span = value.string.flatMap({ CalendarSpan($0) }) else {
            refuse(key, "not-a-duration")
            return nil
        }
        return span
    }

    /// A time, or a day whose end is meant.
    mutating func end(_ key: String) -> AskEnd? {
        if let day = value(key)?.string.flatMap({ LocalDay($0) }) { return .day(day) }
        return time(key).map { .moment($0) }
    }

    /// A number from 0 to 1.
    mutating func share(_ key: String) -> Double? {
        guard let value = value(key) else { return nil }
        guard let number = value.double else {
            refuse(key, "not-a-number")
            return nil
        }
        guard (0...1).contains(number) else {
            refuse(key, "out-of-range", ["min": "0", "max": "1"])
            return nil
        }
        return number
    }
}

extension [CalendarSpan] {
    /// As an invitation carries them, `P3D P7D`; `nil` for none.
    var joined: String? { isEmpty ? nil : map(\.description).joined(separator: " ") }
}
