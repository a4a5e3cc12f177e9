import Accounts
import Formats
import Kernel
import Web

/// The form of one rule: what its fields hold, and the body that they make.
struct AskRuleForm {
    private let fields: FormFields

    init(_ fields: FormFields) { self.fields = fields }

    /// As a program would say it; what stands in no field is said to be none.
    var body: JSONObject {
        var body: JSONObject = ["channel": "email"]
        for name in ["name", "survey", "event", "touchpoint", "delay", "period"] {
            body.set(name, value(name).map { .string($0) } ?? .null)
        }
        let (from, to) = (value("from"), value("to"))
        let hours: JSONValue = ["from": .text(from), "to": .text(to)]
        body.set("hours", from == nil && to == nil ? .null : hours)
        body.set("sample", sample)
        let quota = JSONObject(
            [("day", "quota_day"), ("month", "quota_month")].compactMap { key, name in
                value(name).map { (key, Int64($0).map { .integer($0) } ?? .string($0)) }
            })
        body.set("quota", quota.isEmpty ? .null : .object(quota))
        let reminders = (value("reminders") ?? "").split { $0 == " " || $0 == "," }
        body.set("reminders", .array(reminders.map { .string(String($0)) }))
        body.set("until", until)
        body.set("where", .object(Self.conditions(value("where") ?? "")))
        return body
    }

    private func value(_ name: String) -> String? {
        fields[name].map(\.trimmed).flatMap { $0.isEmpty ? nil : $0 }
    }

    private var sample: JSONValue {
        guard let text = value("sample") else { return .null }
        return Double(text.replacing(",", with: ".")).map { .number($0 / 100) } ?? .string(text)
    }

    /// The day that is named is the last one.
    private var until: JSONValue { value("until").map { .string($0) } ?? .null }

    /// `plan = gold, silver` or `total >= 100`, one a line. A line that is neither is handed on as it is, for
    /// the rule's reader to refuse.
    static func conditions(_ text: String) -> JSONObject {
        var conditions: JSONObject = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            let text = String(line).trimmed
            if text.isEmpty { continue }
            if let (name, limit, number) = limit(text) {
                var limits = conditions[name]?.object ?? [:]
                limits.set(limit, number)
                conditions.set(name, .object(limits))
            } else if let sign = text.firstIndex(of: "=") {
                let values = text[text.index(after: sign)...].split(separator: ",")
                    .map { JSONValue.string(String($0).trimmed) }
                conditions.set(String(text[..<sign]).trimmed, .array(values))
            } else {
                conditions.set(text, .null)
            }
        }
        return conditions
    }

    private static func limit(_ line: String) -> (name: String, limit: String, number: JSONValue)? {
        for (sign, limit) in [(">=", "min"), ("<=", "max")] {
            guard let place = line.firstRange(of: sign) else { continue }
            let text = String(line[place.upperBound...]).trimmed
            return (
                String(line[..<place.lowerBound]).trimmed, limit,
                Double(text).map { .number($0) } ?? .string(text)
            )
        }
        return nil
    }

    /// Where in the form stands what is wrong with the body.
    static func fault(_ field: DomainError.Field) -> DomainError.Field {
        let parts = field.pointer.split(separator: "/").map(String.init)
        switch (parts.first, parts.dropFirst().first) {
        case ("hours", let name?): return DomainError.Field("/\(name)", field.code, field.values)
        case ("quota", let name?): return DomainError.Field("/quota_\(name)", field.code, field.values)
        case ("where", .some): return DomainError.Field("/where", "not-a-condition")
        case ("sample", _) where field.code == "out-of-range":
            return DomainError.Field("/sample", field.code, ["min": "0", "max": "100"])
        case (let name?, _): return DomainError.Field("/\(name)", field.code, field.values)
        default: return field
        }
    }

    /// What a rule's form begins with.
    static func values(of rule: AskRule?, zone: Zone) -> [String: String] {
        guard let rule else { return ["sample": "100", "from": "09:00", "to": "20:00"] }
        let definition = rule.definition
        var values = [
            "name": rule.name, "survey": definition.survey.description, "event": definition.event,
            "touchpoint": definition.touchpoint ?? "", "period": definition.period?.rawValue ?? "",
            "delay": definition.delay == .zero ? "" : definition.delay.description,
            "from": definition.hours?.fromText ?? "", "to": definition.hours?.toText ?? "",
            "reminders": definition.reminders.joined ?? "",
            "until": definition.until.map { $0.lastDay(in: zone).description } ?? "",
            "quota_day": definition.quota.day.map(String.init) ?? "",
            "quota_month": definition.quota.month.map(String.init) ?? "",
        ]
        values["sample"] = AskCondition.text(of: .number((definition.sample * 1e6).rounded() / 1e4)) ?? ""
        values["where"] = definition.conditions.flatMap(\.lines).joined(separator: "\n")
        return values
    }
}

extension AskCondition {
    fileprivate var lines: [String] {
        switch test {
        case .anyOf(let values): ["\(name) = \(values.joined(separator: ", "))"]
        case .between(let least, let most):
            [
                least.map { "\(name) >= \(Self.text(of: .number($0)) ?? "")" },
                most.map { "\(name) <= \(Self.text(of: .number($0)) ?? "")" },
            ].compactMap(\.self)
        }
    }
}
