import Formats
import Kernel
import Language
import Web

/// What a customer sees of a survey: the score question, what follows it, and what went wrong last time.
struct AnswerPage {
    let survey: Survey
    /// Whose survey it is, in the header.
    let sender: Sender
    /// One of the survey's languages.
    let tag: String
    let form: AnswerForm
    /// What is wrong, by JSON Pointer.
    var problems: [String: String] = [:]
    /// Carried by the form so that sending it twice is one answer.
    let key: String
    var isPreview = false
    /// On the page behind one person's own link, which needs no key.
    var personal: PersonalAddress?

    /// In which the product's own words are said.
    var language: ReaderLanguage { ReaderLanguage(tag: tag) ?? .en }
    var messages: Messages { Messages.of(language) }

    /// The survey's language for a reader: as the link or form says, else as the browser does, else its
    /// first.
    static func tag(for survey: Survey, asked: String?, accepting: String?) -> String {
        let offered = survey.definition.languages
        return asked.flatMap { AcceptLanguage.match($0, among: offered) }
            ?? accepting.flatMap { AcceptLanguage.best($0, among: offered) } ?? offered[0]
    }

    func page() -> CustomerPage {
        var page = CustomerPage(
            template: "answer", model: frame.merging(model) { $1 }, sender: sender, languageTag: tag,
            language: language)
        page.isRefusal = !problems.isEmpty
        page.script = personal != nil && problems.isEmpty ? .answer : nil
        page.isFramed = isPreview
        return page
    }

    /// The sender's own words, else the product's.
    func words(_ text: SurveyText) -> String { survey.words(text, in: tag) }

    static func ownKey(of text: SurveyText, for metric: Metric) -> String {
        switch text {
        case .question, .low, .high: "answer.\(text.rawValue).\(metric.rawValue)"
        case .followUpLow, .followUpMiddle, .followUpHigh:
            "answer.\(text.rawValue).\(metric == .nps ? "nps" : "other")"
        default: "answer.\(text.rawValue)"
        }
    }

    /// What every page of a survey has around it.
    var frame: [String: Any] {
        [
            "title": words(.question), "privacy": words(.privacy),
            "action": personal?.path ?? "/s/\(survey.slug)", "tag": tag,
            "key": Self.shown(personal == nil ? key : nil), "leave": personal?.leaveLink(messages) ?? [],
            "sendWord": words(.send), "optionalWord": words(.optional),
            "ratingLow": words(.ratingLow), "ratingHigh": words(.ratingHigh),
            "languages": survey.definition.languages.count < 2
                ? [] : [["options": survey.definition.languages.map(languageLink)]] as [Any],
        ]
    }

    private func languageLink(_ other: String) -> [String: Any] {
        var query = FormFields([("lang", other)])
        for name in ["touchpoint", "score"] {
            guard let value = form.filled(name) else { continue }
            query.append(personal != nil && name == "score" ? PersonalAddress.scoreField : name, value)
        }
        return [
            "href": "?" + query.encoded(), "code": other, "current": other == tag,
            "name": ReaderLanguage.ownName(of: other),
        ]
    }

    private var model: [String: Any] {
        let scale = survey.scale
        let chosen = form.filled("score").flatMap { ScoreText.integer($0) }
        return [
            "question": words(.question), "low": words(.low), "high": words(.high),
            "coloured": survey.definition.style == .coloured, "cells": scale.scores.count,
            "scores": scale.scores.map { score -> [String: Any] in
                [
                    "value": score, "label": score < 0 ? "\u{2212}\(-score)" : String(score),
                    "band": scale.band(of: score)?.rawValue ?? "", "chosen": score == chosen,
                    "mouth": Self.shown(mouth(of: score)),
                ]
            },
            "scoreError": Self.shown(problems["/score"]), "comment": form.fields["comment"] ?? "",
            "commentLabel": words(.comment), "commentError": Self.shown(problems["/comment"]),
            "touchpoint": Self.shown(personal == nil ? form.filled("touchpoint") : nil),
            "decoy": Self.shown(personal?.decoyPath),
            "questions": survey.definition.questions.map(model(of:)),
            "somethingWrong": !problems.isEmpty, "isPreview": isPreview,
            "keyError": Self.shown(problems["/key"]),
        ]
    }

    /// Of the face above a satisfaction score of 1 to 5: a path that bends from sad to glad.
    private func mouth(of score: Int) -> String? {
        guard survey.definition.style == .coloured, survey.scale == .csat1to5 else { return nil }
        return "M8 \(17 - score)q4 \(3 * score - 9) 8 0"
    }

    private func model(of question: Question) -> [String: Any] {
        let key = question.key
        let text = { (text: LocalText) in text.said(in: tag, orIn: survey.definition.languages) }
        var model: [String: Any] = [
            "key": key, "text": text(question.text), "optional": !question.isRequired,
            "required": question.isRequired, "is-\(question.kind.rawValue)": true,
            "error": Self.shown(
                question.kind == .contact ? problems["/answers/\(key)"] : error(under: "/answers/\(key)")),
            "value": form.fields[key] ?? "",
        ]
        let given = Set(form.fields.all(key))
        model["options"] = question.options.map { option -> [String: Any] in
            [
                "key": option.key, "text": text(option.text), "name": "\(key)[\(option.key)]",
                "question": key, "chosen": given.contains(option.key),
                "ratings": ratings(form.fields["\(key)[\(option.key)]"]),
            ]
        }
        model["ratings"] = ratings(form.fields[key])
        model["contact"] = contactFields(key, "/answers/\(key)")
        return model
    }

    private func ratings(_ given: String?) -> [[String: Any]] {
        Question.ratings.map { ["value": $0, "chosen": given == String($0)] }
    }

    /// Name, e-mail address and phone number, by the name of their group.
    func contactFields(_ group: String, _ pointer: String) -> [[String: Any]] {
        let fields: [(String, SurveyText, type: String, complete: String)] = [
            ("name", .contactName, "text", "name"), ("email", .contactEmail, "email", "email"),
            ("phone", .contactPhone, "tel", "tel"),
        ]
        return fields.map { field, label, type, complete in
            [
                "name": "\(group)[\(field)]", "label": words(label), "type": type,
                "autocomplete": complete, "value": form.fields["\(group)[\(field)]"] ?? "",
                "error": Self.shown(problems["\(pointer)/\(field)"]),
            ]
        }
    }

    /// For a template, to which an empty text is something to show: the text, or nothing.
    static func shown(_ text: String?) -> [String] { text.map { $0.isEmpty ? [] : [$0] } ?? [] }

    /// The first thing wrong with a question or one of its items.
    private func error(under pointer: String) -> String {
        problems[pointer] ?? problems.filter { $0.key.hasPrefix(pointer + "/") }.min { $0.key < $1.key }?
            .value ?? ""
    }
}

extension Survey {
    /// The sender's own words in that language, else the product's.
    func words(_ text: SurveyText, in tag: String) -> String {
        definition.texts[text]?.said(in: tag)
            ?? Messages.of(ReaderLanguage(tag: tag) ?? .en)(AnswerPage.ownKey(of: text, for: metric))
    }
}
