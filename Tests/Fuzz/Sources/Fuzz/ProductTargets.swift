import Customers
import Formats
import Kernel
@testable import Surveys
import Web

/// A definition that is accepted is stored and read again as the same one.
func fuzzSurvey(_ bytes: [UInt8]) {
    guard let input = try? JSONInput(bytes), let survey = try? SurveyInput(input) else { return }
    let stored = survey.definition.json.encoded()
    let again = try? SurveyDefinition(stored: String(decoding: stored, as: UTF8.self))
    promise(again == survey.definition, "a survey did not read back")
    promise(survey.definition.questions.count <= SurveyDefinition.mostQuestions, "too many questions")
}

/// An answer that is accepted stays within the survey's limits.
func fuzzAnswers(_ bytes: [UInt8]) {
    guard let input = try? JSONInput(bytes) else { return }
    guard let draft = try? ResponseDraft(input, for: everyKind, at: now) else { return }
    promise(everyKind.scale.scores.contains(draft.score.raw), "a score off the scale")
    promise((draft.comment?.count ?? 0) <= ResponseDraft.longestComment, "a comment without end")
    for answer in draft.answers {
        let question = everyKind.definition.questions.first { $0.key == answer.question }
        promise(question != nil, "an answer to no question")
        if let number = answer.number { promise((1...5).contains(number), "a rating off the scale") }
        if let choice = answer.choice {
            promise(question?.options.contains { $0.key == choice } == true, "a choice of no option")
        }
    }
}

private let now = Timestamp(milliseconds: 1_795_435_200_000)

/// A survey with each kind of question.
private let everyKind: Survey = {
    let options = ["a", "b"].map { Question.Option(key: $0, text: ["en": $0]) }
    let questions = Question.Kind.allCases.map { kind in
        Question(key: kind.rawValue, kind: kind, text: ["en": "?"], options: kind.hasOptions ? options : [])
    }
    return Survey(
        id: Survey.ID(1), account: 1, slug: "fuzz", name: "Fuzz", scale: .nps0to10, method: .strict,
        status: .open, version: 1, definition: SurveyDefinition(questions: questions), isSample: false,
        createdAt: now, updatedAt: now)
}()

/// The planted trap, three steps deep: a form of two fields, the first named `t…`, the second empty.
func fuzzControl(_ bytes: [UInt8]) {
    guard let form = try? FormFields(parsing: bytes), form.fields.count == 2 else { return }
    step(1)
    guard form.fields[0].name.utf8.first == UInt8(ascii: "t") else { return }
    step(2)
    if form.fields[1].value.isEmpty { fatalError("found") }
}

nonisolated(unsafe) private var deepest = 0

/// A step of its own is an edge that the fuzzer sees.
@inline(never) private func step(_ number: Int) { deepest = max(deepest, number) }
