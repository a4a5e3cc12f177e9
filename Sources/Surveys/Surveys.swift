/// What is asked and what is answered.
///
/// - `Scores/`: scales, bands and what a score is.
/// - `Surveys/`: a survey, its versions of questions and texts, its editor.
/// - `Responses/`: `SurveyResponse.record`, the one way in for page, API, bulk, import and sample.
/// - `Answering/`: the public page on which customers answer.
///
/// **Invariant:** an answer is never changed, only erased; words that an answer lacked are added once.
/// **Invariant:** a GET of a public page writes nothing: its handlers are given a reader. **Invariant:** a
/// response copies what was true of survey and customer when it was given.
package enum Surveys {}
