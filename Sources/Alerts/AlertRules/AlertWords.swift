import Accounts
import Kernel
import Language
import Surveys
import Web

/// What an alert says: one answer with its words, or a digest that counts several and quotes nobody.
struct AlertWords {
    private let one: OutgoingAlert
    private let site: Site
    private let messages: Messages

    init(_ one: OutgoingAlert, site: Site) {
        (self.one, self.site) = (one, site)
        messages = Messages.of(one.language)
    }

    private var only: SurveyResponse? { one.answers.count == 1 ? one.answers.first : nil }

    /// For a robot.
    var message: RobotMessage {
        guard let only else {
            return RobotMessage(
                title: title, lead: lead, items: one.answers.map(line),
                link: .init(label: messages("alerts.open.list"), href: link))
        }
        return RobotMessage(
            title: title, lead: lead, facts: facts(only).map { .init(name: $0.name, value: $0.value) },
            words: only.comment.map { AlertLetter.cut($0) },
            link: .init(label: messages("alerts.open"), href: link))
    }

    /// For a member.
    var letter: AlertLetter {
        var letter = AlertLetter(
            sender: one.account.sender, language: one.language, subject: title, heading: title, lead: lead,
            button: .init(label: messages(only == nil ? "alerts.open.list" : "alerts.open"), href: link),
            reason: messages("alerts.reason", ["rule": .string(one.rule.name.inOneLine)]))
        if let only {
            letter.facts = facts(only)
            letter.words = only.comment.map { AlertLetter.cut($0) }
        } else {
            letter.items = one.answers.prefix(Self.mostItems).map {
                .init(label: line($0), href: site.link("/responses/\($0.id)"))
            }
        }
        return letter
    }

    private static let mostItems = 20

    /// Of a message that tells of no answer: somebody tries whether it arrives.
    private var isTest: Bool { one.answers.isEmpty }

    private var title: String {
        if isTest { return messages("alerts.test.title") }
        guard let only else {
            return messages("alerts.digest.\(kind)", ["count": .int(one.answers.count)])
        }
        return messages("alerts.one", ["score": .int(only.score.raw), "survey": .string(name(of: only))])
    }

    /// `7 new detractors`, where they are all of one band.
    private var kind: String {
        let bands = Set(one.answers.map(\.score.band))
        return bands.count == 1 ? bands.first?.rawValue ?? "answer" : "answer"
    }

    private var lead: String {
        messages(isTest ? "alerts.test.lead" : "alerts.rule", ["rule": .string(one.rule.name.inOneLine)])
    }

    private var link: String { site.link(only.map { "/responses/\($0.id)" } ?? "/responses") }

    private func name(of response: SurveyResponse) -> String {
        one.surveys[response.survey]?.inOneLine ?? ""
    }

    private func scored(_ score: Score) -> String {
        messages(
            "notice.score",
            [
                "score": .int(score.raw), "best": .int(score.scale.scores.upperBound),
                "band": .string(messages("band.\(score.band.rawValue)")),
            ])
    }

    private func facts(_ response: SurveyResponse) -> [(name: String, value: String)] {
        var facts = [
            (messages("word.score"), scored(response.score)), (messages("word.survey"), name(of: response)),
        ]
        if let touchpoint = response.touchpoint {
            facts.append((messages("word.touchpoint"), touchpoint.inOneLine))
        }
        facts.append((messages("word.time"), time(response)))
        return facts
    }

    private func line(_ response: SurveyResponse) -> String {
        let parts = [
            scored(response.score), name(of: response), response.touchpoint?.inOneLine, time(response),
        ]
        return parts.compactMap(\.self).filter { !$0.isEmpty }.joined(separator: " · ")
    }

    private func time(_ response: SurveyResponse) -> String {
        let zone = one.account.zone
        return messages.dateTime(
            response.occurredAt, offsetSeconds: zone.offsetSeconds(at: response.occurredAt))
    }
}
