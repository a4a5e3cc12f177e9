import Formats
import Kernel
import Surveys

/// What the reader asked of the overview: all of it stands in the address, so that a view can be sent on.
struct OverviewQuestion: Equatable, Sendable {
    var survey: Survey.ID?
    var span: OverviewPeriod.Span = .threeMonths
    /// Both included; only where `span` is custom.
    var first: LocalDay?
    var last: LocalDay?
    var filters: [ScoreQuery.Filter] = []

    init() {}

    /// What cannot be read counts as not asked: a page shows something, always.
    init(_ fields: FormFields) {
        survey = fields["survey"].flatMap { Survey.ID($0) }
        span = fields["period"].flatMap { OverviewPeriod.Span(rawValue: $0) } ?? .threeMonths
        first = fields["from"].flatMap { LocalDay($0) }
        last = fields["to"].flatMap { LocalDay($0) }
        if first != nil, last != nil, fields["period"] == nil { span = .custom }
        filters = ScoreQuery.Filter.all(in: fields)
    }

    func period(today: LocalDay) -> OverviewPeriod {
        guard span == .custom, let first, let last else {
            return OverviewPeriod(span == .custom ? .threeMonths : span, today: today)
        }
        return OverviewPeriod(from: first, through: last)
    }

    /// The address of this view.
    var address: String {
        let text = fields.encoded()
        return text.isEmpty ? "/" : "/?" + text
    }

    /// What a form must carry beside its own inputs, to keep the rest of the view.
    var fields: FormFields {
        var fields = FormFields()
        if let survey { fields.append("survey", survey.description) }
        if span != .threeMonths { fields.append("period", span.rawValue) }
        if span == .custom, let first, let last {
            fields.append("from", first.description)
            fields.append("to", last.description)
        }
        for filter in filters {
            for value in filter.values { fields.append("where[\(filter.name)]", value) }
        }
        return fields
    }

    func without(_ name: String, _ value: String) -> OverviewQuestion {
        var question = self
        question.filters = filters.compactMap { filter in
            guard filter.name == name else { return filter }
            let rest = filter.values.filter { $0 != value }
            return rest.isEmpty ? nil : .init(name: name, values: rest)
        }
        return question
    }

    func with(_ name: String, _ value: String) -> OverviewQuestion {
        var question = without(name, value)
        let known = question.filters.first { $0.name == name }?.values ?? []
        question.filters.removeAll { $0.name == name }
        question.filters.append(.init(name: name, values: known + [value]))
        return question
    }

    func over(_ span: OverviewPeriod.Span) -> OverviewQuestion {
        var question = self
        question.span = span
        return question
    }
}

extension ScoreQuery.Filter {
    /// Every `where[name]=value`, by name.
    static func all(in fields: FormFields) -> [Self] {
        let pairs = fields.fields.compactMap { field in field.whereName.map { ($0, field.value) } }
        return Dictionary(grouping: pairs, by: \.0).sorted { $0.key < $1.key }
            .map { .init(name: $0.key, values: $0.value.map(\.1)) }
    }
}

extension FormFields.Field {
    /// `touchpoint` of `where[touchpoint]`.
    var whereName: String? {
        guard name.hasPrefix("where["), name.hasSuffix("]"), name.count > 7 else { return nil }
        return String(name.dropFirst(6).dropLast())
    }
}
