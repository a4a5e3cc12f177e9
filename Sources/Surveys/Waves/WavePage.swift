import Kernel
import Language
import Web

/// Asking by pasted addresses, and what became of the last waves.
struct WavePage {
    let survey: Survey
    let waves: [WaveCoverage]
    let quietDays: Int
    let messages: Messages
    let now: Timestamp
    let mayWrite: Bool
    /// Of a form that was refused.
    var typed = ""
    var segment = ""
    var style = ""
    var reason = ""
    var error: DomainError?

    var model: [String: Any] {
        [
            "title": messages("waves.title"), "survey": survey.name, "path": "/surveys/\(survey.id)",
            "mayAsk": mayWrite && survey.status == .open,
            "isClosed": survey.status == .closed, "typed": typed,
            "error": AnswerPage.shown(fault("/addresses")), "segment": segment,
            "segmentError": AnswerPage.shown(fault("/where")),
            "reasonError": AnswerPage.shown(fault("/reason")), "reasons": reasons, "styles": styles,
            "quiet": messages("waves.quiet", ["days": .int(quietDays)]),
            "waves": waves.map(entry), "hasWaves": !waves.isEmpty,
        ]
    }

    private var styles: [[String: Any]] {
        let looks = [
            ("", messages("coverage.wave-style.own")), ("neutral", messages("surveys.style.neutral")),
            ("coloured", messages("surveys.style.coloured")), ("both", messages("coverage.wave-style.both")),
        ]
        return looks.map { ["value": $0.0, "label": $0.1, "selected": $0.0 == style] }
    }

    /// Nothing is chosen beforehand, for then nobody would choose.
    private var reasons: [[String: Any]] {
        let known = Wave.Reason.allCases.map { ($0.rawValue, messages("policy.pick.\($0.rawValue)")) }
        return ([("", messages("policy.pick.choose"))] + known).map {
            ["value": $0.0, "label": $0.1, "selected": $0.0 == reason]
        }
    }

    /// What is wrong with that field; with the addresses whatever has no field of this form.
    private func fault(_ pointer: String) -> String? {
        guard let error else { return nil }
        let named = error.fields.first.map(\.pointer) ?? ""
        let place = ["/reason", "/where"].first { $0 == named } ?? "/addresses"
        guard place == pointer else { return nil }
        return error.fields.first.map { messages.sentence($0) } ?? messages.sentence(error)
    }

    private func entry(_ coverage: WaveCoverage) -> [String: Any] {
        func number(_ states: Invitation.State...) -> String {
            messages.number(states.reduce(0) { $0 + (coverage.invitations[$1] ?? 0) })
        }
        let wave = coverage.wave
        return [
            "at": wave.sendAt.rfc3339, "when": messages.relative(wave.sendAt, now: now),
            "asked": messages.number(coverage.planned), "waiting": number(.planned, .sending),
            "sent": number(.sent), "failed": number(.failed), "uncertain": number(.uncertain),
            "withdrawn": number(.withdrawn), "answered": messages.number(coverage.answered),
            "exclusions": "/waves/\(wave.id)/exclusions",
            "skipped": messages.number(coverage.skipped), "hasReasons": coverage.skipped > 0,
            "reasons": ContactPolicy.Refusal.allCases.compactMap { reason in
                wave.skipped[reason].map { count in
                    messages(
                        "waves.skipped.reason",
                        [
                            "count": .int(count),
                            "reason": .string(messages("waves.skipped.\(reason.rawValue)")),
                        ])
                }
            },
        ]
    }
}
