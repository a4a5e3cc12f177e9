import Formats
import Kernel
import Language
import Web

/// What a customer sees after the score: thanks in the words of its band, one question that the answer
/// still lacks, and what happens next.
struct BandPage {
    /// Survey, language, what was filled in and what was wrong with it.
    let page: AnswerPage
    let band: Band
    /// `nil` where nothing more is asked.
    let lacks: Lacking?
    /// How it ended; `nil` while the customer has not sent what this page asks for.
    let end: End?

    /// The raw value stands in the address.
    enum End: String {
        case written = "1"
        /// Sent with nothing in it.
        case silent = "0"

        init(_ later: LaterWords) { self = later.isNothing ? .silent : .written }

        /// `nil` where the address says nothing of it.
        init?(_ form: AnswerForm) {
            guard let word = form.filled("done") else { return nil }
            self = Self(rawValue: word) ?? .written
        }
    }

    /// What may still be added to one answer.
    struct Lacking: Equatable, Sendable {
        var comment: Bool
        /// Nobody can be called yet.
        var contact: Bool
        /// Whoever is unhappy has not said how to be contacted, or that they do not wish it.
        var way: Bool
        /// Has said that they do not wish it.
        let declinesContact: Bool
        var quote: Bool

        init(_ response: SurveyResponse, answers: [Answer]) {
            comment = response.comment == nil
            let isLow = response.score.band.tone == .low
            let preferred = PreferredContact(answers)
            declinesContact = preferred?.way == PreferredContact.Way.none
            contact = isLow && response.customer == nil && !declinesContact
            way = isLow && preferred == nil
            quote = response.score.band.tone == .high && !answers.contains(.mayBeQuoted)
        }

        var isNothing: Bool { !comment && !contact && !way && !quote }
    }

    func customerPage() -> CustomerPage {
        var answer = CustomerPage(
            template: "answer-band", model: page.frame.merging(model) { $1 }, sender: page.sender,
            languageTag: page.tag, language: page.language)
        answer.isRefusal = !page.problems.isEmpty
        return answer
    }

    /// Somebody whose score was low has said how to be reached.
    private var mayBeCalled: Bool {
        guard let lacks, band.tone == .low else { return false }
        return !lacks.contact && !lacks.declinesContact
    }

    /// Nobody who is unhappy is sent to a shop.
    private var website: [String: Any]? {
        guard band.tone != .low, let website = page.sender.website else { return nil }
        return ["address": website.description, "words": page.messages("answer.website")]
    }

    private var model: [String: Any] {
        let asks = end != nil ? nil : lacks.flatMap { $0.isNothing ? nil : $0 }
        let heading = page.words(end == .written ? .done : .thanks(band.tone))
        var model: [String: Any] = [
            "heading": heading, "title": heading, "next": page.words(.next(band.tone)),
            "promise": AnswerPage.shown(mayBeCalled ? page.words(.promise) : nil), "languages": [Any](),
            "website": website ?? false as Any,
        ]
        guard let asks else { return model }
        model["form"] =
            [
                "asksComment": asks.comment, "followUp": page.words(.followUp(band.tone)),
                "comment": page.form.fields["comment"] ?? "",
                "commentError": AnswerPage.shown(page.problems["/comment"]),
                "recorded": page.words(.recorded), "contactQuestion": page.words(.contact),
                "contactHelp": page.words(.contactHelp), "quoteWord": page.words(.quote),
                "asksContact": asks.contact || asks.way, "asksAddress": asks.contact,
                "contact": page.contactFields("contact", "/contact"), "asksWay": asks.way,
                // A stranger who wishes no contact leaves no address.
                "ways": choices(
                    PreferredContact.Way.allCases.filter { $0 != .none || !asks.contact }.map(\.rawValue),
                    "way"),
                "times": choices(PreferredContact.TimeOfDay.allCases.map(\.rawValue), "time"),
                "asksQuote": asks.quote, "quoted": page.form.filled("quote") != nil,
                "somethingWrong": !page.problems.isEmpty,
            ] as [String: Any]
        return model
    }

    private func choices(_ values: [String], _ item: String) -> [[String: Any]] {
        values.map { value in
            [
                "value": value, "label": page.messages("answer.contact.\(item).\(value)"),
                "chosen": page.form.filled("contact[\(item)]") == value,
            ]
        }
    }
}
