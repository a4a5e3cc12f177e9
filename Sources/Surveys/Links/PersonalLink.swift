import Formats
import Kernel
import Language
import Web

/// What one customer finds behind the link of an invitation.
struct PersonalLink: Sendable {
    let invitation: Invitation
    let address: PersonalAddress
    let survey: Survey
    let sender: Sender
    /// What the customer speaks, where it is known.
    let customerLanguage: String?
    let response: SurveyResponse?

    enum Standing: Equatable, Sendable {
        case asking
        case answered
        case closed
        case expired
    }

    /// An answer that was given stays to be seen, whatever became of survey and link.
    func standing(at now: Timestamp) -> Standing {
        if response != nil { return .answered }
        if survey.status != .open { return .closed }
        return now >= invitation.expiresAt ? .expired : .asking
    }

    /// Words are added while the survey takes answers.
    func takesWords(at now: Timestamp) -> Bool { survey.status == .open && now < invitation.expiresAt }

    /// The survey's language for this customer: as the page's menu says, else as they were asked, else as
    /// they speak, else as the browser does.
    func tag(chosen: String?, accepting: String?) -> String {
        let offered = survey.definition.languages
        let known = [chosen, invitation.language, customerLanguage].compactMap { wish in
            wish.flatMap { AcceptLanguage.match($0, among: offered) }
        }
        return known.first ?? AnswerPage.tag(for: survey, asked: nil, accepting: accepting)
    }

    /// It looks as the letter did: a comparison of two looks is of both together.
    func page(_ form: AnswerForm, in tag: String) -> AnswerPage {
        var survey = survey
        survey.definition.style = invitation.style ?? survey.definition.style
        return AnswerPage(survey: survey, sender: sender, tag: tag, form: form, key: "", personal: address)
    }
}

extension AnswerForm {
    /// What a link in a mail says; the score stands in it under a short name.
    init(ofLink query: FormFields) {
        var fields = query
        if let score = query[PersonalAddress.scoreField], query["score"] == nil {
            fields.append("score", score)
        }
        self.init(fields)
    }
}
