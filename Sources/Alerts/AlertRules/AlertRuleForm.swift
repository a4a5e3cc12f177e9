import Accounts
import Formats
import Kernel
import Language
import Outbound
import Surveys
import Web

/// The fields of a rule, as the rule has them, and as somebody typed them.
struct AlertRuleForm {
    /// `nil` for a new one.
    let rule: AlertRule?
    let surveys: [Survey]
    let members: [Membership]
    let zone: Zone
    let messages: Messages
    var refused: (typed: FormFields, error: DomainError)?

    var model: [String: Any] {
        [
            "alert": refused.map { messages.sentence($0.error) } ?? false,
            "what": what, "where": place, "tones": tones, "people": people,
            "membersError": refused.flatMap { fault("members", in: $0.error) } ?? false,
        ]
    }

    private func fault(_ field: String, in error: DomainError) -> String? {
        error.fields.first { $0.pointer == "/\(field)" }.map { messages.sentence($0) }
    }

    private var form: FormPage {
        FormPage(messages, typed: refused?.typed, error: refused?.error)
    }

    private var what: [[String: Any]] {
        var form = form
        let when = rule?.conditions ?? AlertConditions()
        form.input("name", messages("alerts.field.name"), value: rule?.name ?? "")
        form.choice(
            "survey", messages("word.survey"), options: surveyOptions,
            value: rule?.survey?.description ?? "")
        form.input(
            "score_at_most", messages("alerts.field.at-most"), type: "number",
            value: when.atMost.map(String.init) ?? "", required: false)
        form.input(
            "score_at_least", messages("alerts.field.at-least"), type: "number",
            value: when.atLeast.map(String.init) ?? "", required: false)
        form.input(
            "words", messages("alerts.field.words"), value: when.typedWords,
            help: messages("alerts.field.words.help"), required: false)
        for place in 0..<max(1, when.segments.count) {
            let segment = when.segments.dropFirst(place).first
            let (name, value) = AlertRuleInput.segmentFields(place)
            let number = place == 0 ? "" : " \(place + 1)"
            form.input(
                name, messages("alerts.field.segment") + number, value: segment?.name ?? "",
                required: false)
            form.input(
                value, messages("alerts.field.segment-value") + number, value: segment?.value ?? "",
                required: false)
        }
        form.input(
            "value", messages("alerts.field.value"), value: when.worth?.attribute ?? "", required: false)
        form.input(
            "value_at_least", messages("alerts.field.value-least"), type: "number",
            value: when.worth.map { AlertConditions.typed($0.atLeast) } ?? "", required: false)
        return form.rows(2, 2, 1, 2)
    }

    /// A rule may name one that is older than those that are offered.
    private var surveyOptions: [(value: String, label: String)] {
        let known = surveys.map { (value: $0.id.description, label: $0.name) }
        let own = rule?.survey.map(\.description)
        let isOffered = own == nil || known.contains { $0.value == own }
        return [(value: "", label: messages("alerts.field.survey.every"))] + known
            + (isOffered ? [] : [(value: own ?? "", label: own ?? "")])
    }

    private var place: [[String: Any]] {
        var form = form
        let hours = rule?.quietHours
        form.choice(
            "to", messages("alerts.field.to"),
            options: AlertRule.Destination.allCases.map {
                ($0.rawValue, messages("alerts.to.\($0.rawValue)"))
            },
            value: (rule?.destination ?? .members).rawValue)
        let kept = rule?.hook.map { messages("alerts.edit.url", ["host": .string($0.host)]) }
        form.input(
            "url", messages("alerts.field.url"), help: kept ?? messages("alerts.field.url.help"),
            autocomplete: "off", required: false)
        form.input(
            "secret", messages("alerts.field.secret"), type: "password",
            help: messages("alerts.field.secret.help"), autocomplete: "off", required: false)
        form.input(
            "quiet_from", messages("alerts.field.quiet-from"), type: "time",
            value: hours.map { QuietHours.text(of: $0.from) } ?? "", required: false)
        form.input(
            "quiet_to", messages("alerts.field.quiet-to"), type: "time",
            value: hours.map { QuietHours.text(of: $0.to) } ?? "",
            help: messages("alerts.field.quiet.help", ["zone": .string(zone.name)]), required: false)
        return form.rows(1, 2)
    }

    private var tones: [[String: Any]] {
        let known = rule?.conditions.tones ?? [.low]
        return BandTone.allCases.map { tone in
            [
                "value": tone.rawValue, "label": messages("alerts.tone.\(tone.rawValue)"),
                "chosen": refused.map { $0.typed.all("tone").contains(tone.rawValue) }
                    ?? known.contains(tone),
            ]
        }
    }

    private var people: [[String: Any]] {
        members.map { member in
            let id = member.memberID.description
            return [
                "value": id, "label": member.name,
                "chosen": refused.map { $0.typed.all("member").contains(id) }
                    ?? rule?.members.contains(member.memberID) ?? false,
            ]
        }
    }
}

extension AlertRuleInput {
    /// The form of the page: flat, with names of its own for what the API nests. What it cannot say of a rule
    /// that is `known` stays, for as long as nobody says otherwise.
    init(_ form: inout FormInput, over known: AlertRule? = nil, guarding: AddressGuard) {
        name = form.requiredText("name", 1...120)
        destination = form.choice("to") ?? .members
        isEnabled = known?.isEnabled ?? true
        if let text = form.text("survey") {
            survey = Survey.ID(text)
            if survey == nil { form.refuse("survey", "not-found") }
        }
        let tones = Set(form.fields.all("tone").compactMap { BandTone(rawValue: $0) })
        if let before = known?.conditions, before.tones == tones {
            conditions.bands = before.bands
        } else if tones.count < BandTone.allCases.count {  // All three are no condition.
            conditions.bands = Band.allCases.filter { $0 != .unassigned && tones.contains($0.tone) }
        }
        conditions.atMost = form.score("score_at_most")
        conditions.atLeast = form.score("score_at_least")
        takeWords(&form, over: known)
        for place in 0..<AlertConditions.mostSegments { takeSegment(place, &form) }
        takeWorth(&form)
        takePlace(&form, over: known, guarding)
    }

    private mutating func takeWords(_ form: inout FormInput, over known: AlertRule?) {
        let typed = form.text("words", 1...6000) ?? ""
        if let before = known?.conditions, before.typedWords == typed {
            return conditions.words = before.words
        }
        let separators: Set<Character> = [",", "，", "、", ";", "；"]
        for word in typed.split(whereSeparator: separators.contains).map({ String($0).trimmed })
        where !word.isEmpty {
            if word.count > 100 { form.refuse("words", "too-long", ["max": "100"]) }
            if !conditions.words.contains(word) { conditions.words.append(word) }
        }
        if conditions.words.count > AlertConditions.mostWords {
            form.refuse("words", "too-many", ["max": String(AlertConditions.mostWords)])
        }
    }

    /// The names of the fields of one segment.
    static func segmentFields(_ place: Int) -> (name: String, value: String) {
        let number = place == 0 ? "" : "_\(place + 1)"
        return ("segment" + number, "segment_value" + number)
    }

    private mutating func takeSegment(_ place: Int, _ form: inout FormInput) {
        let fields = Self.segmentFields(place)
        let (name, value) = (form.text(fields.name, 1...64), form.text(fields.value, 1...200))
        if let name, let value {
            conditions.segments.append(.init(name: name, value: value))
        } else if name != nil {
            form.refuse(fields.value, "missing")
        } else if value != nil {
            form.refuse(fields.name, "missing")
        }
    }

    private mutating func takeWorth(_ form: inout FormInput) {
        let (attribute, least) = (form.text("value", 1...64), form.text("value_at_least", 1...30))
        guard attribute != nil || least != nil else { return }
        guard let attribute else { return form.refuse("value", "missing") }
        guard let number = least.flatMap({ AlertConditions.number($0) }) else {
            return form.refuse("value_at_least", least == nil ? "missing" : "not-a-number")
        }
        conditions.worth = .init(attribute: attribute, atLeast: number)
    }

    private mutating func takePlace(
        _ form: inout FormInput, over known: AlertRule?, _ guarding: AddressGuard
    ) {
        let (from, to) = (form.text("quiet_from", 1...8), form.text("quiet_to", 1...8))
        if from != nil || to != nil {
            quietHours = QuietHours(from: from ?? "", to: to ?? "")
            if quietHours == nil { form.refuse("quiet_to", "not-a-time-of-day") }
        }
        if destination.robot == nil {
            for text in form.fields.all("member") {
                guard let id = Member.ID(text) else {
                    form.refuse("members", "not-found")
                    continue
                }
                if !members.contains(id) { members.append(id) }
            }
        } else {
            url = form.text("url", 1...Self.longestURL)
            secret = form.text("secret", 1...500)
        }
        let stays = known?.hook != nil && known?.destination == destination
        let faults = faults(keeps: stays, guarding)
        for (field, code, values) in faults where form.problems.isEmpty { form.refuse(field, code, values) }
    }
}

extension FormInput {
    /// A number that some scale has.
    fileprivate mutating func score(_ key: String) -> Int? {
        guard let number = integer(key) else { return nil }
        if (-10...10).contains(number) { return number }
        refuse(key, "out-of-range", ["min": "-10", "max": "10"])
        return nil
    }
}

extension AlertConditions {
    /// What the form ticks: all of them where no band is named.
    fileprivate var tones: Set<BandTone> {
        bands.isEmpty ? Set(BandTone.allCases) : Set(bands.filter { $0 != .unassigned }.map(\.tone))
    }

    fileprivate var typedWords: String { words.joined(separator: ", ") }

    /// Without a point where it is whole.
    fileprivate static func typed(_ number: Double) -> String {
        Int64(exactly: number).map(String.init) ?? String(number)
    }
}
