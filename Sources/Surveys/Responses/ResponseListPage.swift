import Customers
import Formats
import Kernel
import Language
import Web

/// The inbox: answers, newest first, with what they are narrowed to.
struct ResponseListPage {
    let page: Page<SurveyResponse>
    let surveys: [Survey]
    let customers: [Customer.ID: Customer]
    let marks: [SurveyResponse.ID: ResponseMark]
    /// As the form was filled in.
    let query: FormFields
    let messages: Messages
    let now: Timestamp
    let mayExport: Bool

    private var isNarrowed: Bool { query.fields.contains { $0.name != "after" && !$0.value.isEmpty } }

    var model: [String: Any] {
        var model: [String: Any] = [
            "title": messages("responses.title"), "query": query["q"] ?? "", "hasRows": !page.items.isEmpty,
            "rows": page.items.map(row), "withComment": query["comment"] != nil, "isNarrowed": isNarrowed,
        ]
        model["surveys"] = options(surveys.map { ($0.id.description, $0.name) }, "survey")
        model["bands"] = options(bands.map { ($0.rawValue, messages("band.\($0.rawValue)")) }, "band")
        model["tabs"] = tabs
        model["state"] = AnswerPage.shown(state?.rawValue)
        let further = ["touchpoint", "channel", "from", "to"]
        for name in further { model[name] = query[name] ?? "" }
        model["hasFurther"] = (further + ["comment"]).contains { !(query[$0] ?? "").isEmpty }
        model["back"] = address(after: query["after"])
        if mayExport, !page.items.isEmpty {
            model["export"] = ["csv": export("csv"), "jsonl": export("jsonl")]
        }
        if page.items.isEmpty {
            let key = isNarrowed ? "responses.not-found" : "responses.none"
            model["empty"] =
                [
                    "icon": "listen", "heading": messages("\(key).heading"), "text": messages("\(key).text"),
                    "action": isNarrowed
                        ? ["href": "/responses", "label": messages("responses.show-all")] as Any
                        : false as Any,
                ] as [String: Any]
        }
        if page.nextCursor != nil || query["after"] != nil { model["pagination"] = pagination }
        return model
    }

    private var state: ResponseState? { query["state"].flatMap(ResponseState.init) }

    private var tabs: [[String: Any]] {
        ([nil] + ResponseState.allCases).map { other in
            var kept = FormFields(asked.fields.filter { $0.name != "state" }.map { ($0.name, $0.value) })
            if let other { kept.append("state", other.rawValue) }
            return [
                "label": messages(other.map { "responses.state.\($0.rawValue)" } ?? "word.all"),
                "href": Self.address(kept), "current": other == state,
            ]
        }
    }

    /// Of the metrics that the account measures.
    private var bands: [Band] {
        let used = Set(surveys.flatMap(\.scale.bands))
        return Band.allCases.filter(used.contains)
    }

    private func options(_ all: [(String, String)], _ name: String) -> [[String: Any]] {
        all.map { ["value": $0.0, "label": $0.1, "selected": query[name] == $0.0] }
    }

    private func address(after cursor: String?) -> String {
        var kept = asked
        if let cursor { kept.append("after", cursor) }
        return Self.address(kept)
    }

    /// What the list is narrowed by.
    private var asked: FormFields {
        FormFields(
            query.fields.filter { $0.name != "after" && !$0.value.isEmpty }.map { ($0.name, $0.value) })
    }

    private static func address(_ fields: FormFields) -> String {
        fields.fields.isEmpty ? "/responses" : "/responses?\(fields.encoded())"
    }

    /// The same answers as a file.
    private func export(_ format: String) -> String {
        let list = address(after: nil).dropFirst("/responses".count)
        return "/responses/export" + (list.isEmpty ? "?" : list + "&") + "format=" + format
    }

    private var pagination: [String: Any] {
        [
            "summary": "", "previous": false,
            "first": query["after"] == nil ? false : address(after: nil) as Any,
            "next": page.nextCursor.map { address(after: $0) as Any } ?? false,
        ]
    }

    private func row(_ response: SurveyResponse) -> [String: Any] {
        let mark = marks[response.id]
        return [
            "id": response.id.description, "href": "/responses/\(response.id)",
            "score": ResponsePage.shown(response.score),
            "band": response.score.band.rawValue,
            "bandWord": messages("band.\(response.score.band.rawValue)"),
            "comment": AnswerPage.shown(response.comment),
            "customer": response.customer.flatMap { customers[$0] }?.shownName
                ?? messages("responses.nobody"),
            "survey": surveys.first { $0.id == response.survey }?.name ?? "",
            "touchpoint": AnswerPage.shown(response.touchpoint), "isUnread": mark?.readAt == nil,
            "isDone": mark?.doneAt != nil, "at": response.occurredAt.rfc3339,
            "when": messages.relative(response.occurredAt, now: now),
        ]
    }
}

extension Customer {
    /// Without an address: those are read where they are needed.
    fileprivate var shownName: String? { name ?? externalID }
}
