/// What is asked and what is answered.
///
/// - `Scores/`: scales, bands and what a score is.
/// - `Surveys/`: a survey, its versions of questions and texts, its editor.
/// - `Responses/`: `SurveyResponse.record`, the one way in for page, API, bulk, import and sample.
/// - `Handling/`: whose an answer is and how far the team is with it. `Tags/`: what the team calls it.
/// - `SavedViews/`: lists of answers that members come back to.
/// - `Invitations/`: who was asked, and what became of it.
/// - `Letters/`: the mail that an invitation becomes.
/// - `Mailbox/`: where a trial's mails are kept and shown instead of being sent.
/// - `ContactPolicy/`: who may be asked at all.
/// - `Exclusions/`: who was left out by hand, and why.
/// - `Waves/`, `Outbox/`: many asked at once, and how their invitations leave.
/// - `AskRules/`: whom events ask by themselves, as data. `Asking/`: what rules decide, and forecasts of it.
/// - `Answering/`: the public page on which customers answer.
/// - `Links/`: the same behind one person's own link. `Intents/`: what else opened it. `Provisional/`: scores
///   that were chosen there and not sent. `Leaving/`: the way out.
///
/// **Invariant:** an answer is never changed, only erased; words that an answer lacked are added once.
/// **Invariant:** a GET of a public page counts nothing: its handlers are given a reader, behind a personal
/// link also a log of who looked. **Invariant:** one invitation has one answer. **Invariant:** a
/// response copies what was true of survey and customer when it was given.
package enum Surveys {}
