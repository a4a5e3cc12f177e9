import Accounts
import Customers
import Database
package import Kernel
package import Ledger
import Language
import Surveys

/// What decides which answers are told.
package enum AlertRuleJobs {
    /// Plans a message for each rule that an answer meets, and for each member whom it names. An answer that
    /// got its words later is looked at again; nothing is planned twice.
    package static func planner(world: World) -> Consumer {
        Consumer("alert-rules", kinds: [.responseRecorded, .responseCompleted]) { account, events, tx in
            let now = world.now()
            let news = events.filter { $0.happenedAt > now - AlertRule.history }
            if news.isEmpty { return }
            let rules = try AlertRule.list(account: account, limit: AlertRule.mostPerAccount, in: tx)
                .filter(\.isEnabled)
            if rules.isEmpty { return }
            let ids = Array(Set(news.map { SurveyResponse.ID($0.subject) })).sorted()
            let zone = try Account.find(Account.ID(account), in: tx).zone
            for answer in try answers(ids, account: account, in: tx) {
                for rule in rules where rule.matches(answer) {
                    let quietUntil = rule.quietHours?.end(around: now, in: zone)
                    try Alert.plan(
                        answer.response.id, by: rule, heldUntil: quietUntil, world: world, at: now, in: tx)
                }
            }
        }
    }

    /// Those that were given by people, lately: not loaded from a file, not generated.
    private static func answers(
        _ ids: [SurveyResponse.ID], account: Int64, in tx: any Connection
    ) throws -> [AlertedAnswer] {
        let responses = try SurveyResponse.find(ids, account: account, in: tx)
            .filter { $0.source != .import && $0.source != .sample }.sorted { $0.id < $1.id }
        let known = responses.map(\.id)
        let answers = try SurveyResponse.answers(of: known, account: account, in: tx)
        let segments = try SurveyResponse.segments(of: known, account: account, in: tx)
        return responses.map { response in
            let texts = [response.comment] + (answers[response.id] ?? []).map(\.words)
            return AlertedAnswer(
                response: response,
                words: Set(texts.compactMap(\.self).flatMap(SearchWords.cut)),
                segments: Dictionary(
                    (segments[response.id] ?? []).map { ($0.name, $0.value) },
                    uniquingKeysWith: { first, _ in first }))
        }
    }
}
