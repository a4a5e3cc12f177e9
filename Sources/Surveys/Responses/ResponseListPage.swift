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
    let tags: [SurveyResponse.ID: [ResponseTag]]
    let tagNames: [ResponseTag]
    let team: ResponseTeam
    let views: [SavedView]
    /// Where the account's events stood when the list was read.
    let head: Int
    /// As the form was filled in.
    let query: FormFields
    let messages: Messages
    let now: Timestamp
    let mayExport: Bool
    let mayWrite: Bool
    let keepsAccount: Bool

    fileprivate var isNarrowed: Bool { query.fields.contains { $0.name != "after" && !$0.value.isEmpty } }

    var model: [String: Any] {
        var model: [String: Any] = [
            "title": messages("responses.title"), "query": query["q"] ?? "", "hasRows": !page.items.isEmpty,
            "rows": page.items.map(row), "withComment": query["comment"] != nil, "isNarrowed": isNarrowed,
        ]
        model["surveys"] = options(surveys.map { ($0.id.description, $0.name) }, "survey")
        model["bands"] = options(bands.map { ($0.rawValue, messages("band.\($0.rawValue)")) }, "band")
        model["tabs"] = tabs
        model["state"] = AnswerPage.shown(state?.rawValue)
        model.merge(handling) { _, new in new }
        let further = ["touchpoint", "channel", "from", "to"]
        for name in further { model[name] = query[name] ?? "" }
        model["hasFurther"] = (further + ["comment", "owner", "tag"]).contains { !(query[$0] ?? "").isEmpty }
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

    fileprivate var state: ResponseState? { query["state"].flatMap(ResponseState.init) }

    private var tabs: [[String: Any]] {
        ([nil, .unread, .open, .done] as [ResponseState?]).map { other in
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

    fileprivate func options(_ all: [(String, String)], _ name: String) -> [[String: Any]] {
        all.map { ["value": $0.0, "label": $0.1, "selected": query[name] == $0.0] }
    }

    fileprivate func address(after cursor: String?) -> String {
        var kept = asked
        if let cursor { kept.append("after", cursor) }
        return Self.address(kept)
    }

    /// What the list is narrowed by.
    fileprivate var asked: FormFields {
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
            "isDone": mark?.doneAt != nil, "owner": AnswerPage.shown(team.name(of: mark?.owner)),
            "tags": (tags[response.id] ?? []).map(\.name), "at": response.occurredAt.rfc3339,
            "when": messages.relative(response.occurredAt, now: now),
        ]
    }
}

extension ResponseListPage {
    /// What the team may do with the rows, the lists that are kept, and what tells of new answers.
    private var handling: [String: Any] {
        [
            "mayWrite": mayWrite, "isMember": team.me != nil, "tagNames": tagNames.map(\.name),
            "hasTags": !tagNames.isEmpty,
            "owners": team.options(messages, chosen: query["owner"], isFilter: true),
            "owner": query["owner"] ?? "", "tag": query["tag"] ?? "",
            "newOwners": team.options(messages, chosen: nil, isFilter: false),
            "tagOptions": options(tagNames.map { ($0.name, $0.name) }, "tag"),
            "kept": kept.encoded(), "mayKeep": team.me != nil && isNarrowed,
            "views": views.map(view), "hasViews": !views.isEmpty, "own": own, "hasOwn": !own.isEmpty,
            "live": live.map { [$0] } ?? [],
        ]
    }

    private var kept: FormFields { SavedView.kept(query) }

    private func view(_ view: SavedView) -> [String: Any] {
        ["href": view.address, "label": view.name, "current": view.query == kept && isNarrowed]
    }

    /// The views that the reader may remove.
    private var own: [[String: Any]] {
        views.filter { $0.member.number == team.me || keepsAccount }.map {
            ["path": "/responses/views/\($0.id)/removal", "label": $0.name]
        }
    }

    /// Only where a new answer would come first and whether it belongs here can be told.
    private var live: [String: Any]? {
        let known: Set = ["survey", "band", "state"]
        let isKnown = asked.fields.allSatisfy { known.contains($0.name) }
        guard isKnown, query["after"] == nil, state != .done, state != .read else { return nil }
        return [
            "after": String(head), "survey": query["survey"] ?? "", "band": query["band"] ?? "",
            "href": address(after: nil),
        ]
    }
}

extension Customer {
    /// Without an address: those are read where they are needed.
    fileprivate var shownName: String? { name ?? externalID }
}
