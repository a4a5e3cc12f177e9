package import Language

/// How, and at what time of day, somebody unhappy wishes to be contacted about their answer; or that they do
/// not wish it. Kept as answers to the question `contact`, one for each item.
package struct PreferredContact: Equatable, Sendable {
    package enum Way: String, Sendable, CaseIterable {
        case phone, email, none
    }
    package enum TimeOfDay: String, Sendable, CaseIterable {
        case morning, afternoon, evening
    }

    /// As surveys reserve it.
    static let question = "contact"

    package let way: Way
    /// `nil` for any; never with `none`.
    package let time: TimeOfDay?

    /// `nil` where nobody said so.
    package init?(_ answers: [Answer]) {
        func chosen(_ item: String) -> String? {
            answers.first { $0.question == Self.question && $0.item == item }?.choice
        }
        guard let way = chosen("way").flatMap(Way.init) else { return nil }
        self.way = way
        time = way == .none ? nil : chosen("time").flatMap(TimeOfDay.init)
    }

    /// What a page sent; a choice that the page does not have counts as none.
    init?(_ form: AnswerForm) {
        guard let way = form.filled("contact[way]").flatMap(Way.init) else { return nil }
        self.way = way
        time = way == .none ? nil : form.filled("contact[time]").flatMap(TimeOfDay.init)
    }

    var answers: [Answer] {
        let way = Answer(question: Self.question, item: "way", choice: way.rawValue)
        return [way]
            + (time.map { [Answer(question: Self.question, item: "time", choice: $0.rawValue)] } ?? [])
    }
}

extension PreferredContact {
    /// For a member: "By phone · In the evening".
    package func said(_ messages: Messages) -> String {
        let parts = ["way.\(way.rawValue)"] + (time.map { ["time.\($0.rawValue)"] } ?? [])
        return parts.map { messages("answer.contact.\($0)") }.joined(separator: " · ")
    }
}
