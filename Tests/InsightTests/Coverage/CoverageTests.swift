import Database
import Formats
import Kernel
import Statistics
import TestKit
import Testing

@testable import Insight
@testable import Surveys

@Suite struct `What coverage says` {
    private func wave(_ touchpoint: String?, unhappy: Wave.Reached? = nil) -> Wave {
        var wave = Wave(
            id: Wave.ID(1), account: 1, survey: Survey.ID(1), channel: .email, touchpoint: touchpoint,
            sendAt: Timestamp(milliseconds: 0), createdAt: Timestamp(milliseconds: 0))
        wave.unhappy = unhappy
        return wave
    }

    private func coverage(_ waves: [(wave: Wave, counts: CoverageCounts)]) async throws -> Coverage {
        let programme = try await Programme(.sqlite)
        return Coverage(
            survey: try await programme.survey(), from: LocalDay(number: 0), to: LocalDay(number: 1),
            waves: waves, visits: LinkVisits(), styles: nil)
    }

    @Test func `counts as eligible whom only our own rules held back, and as asked who was not withdrawn`() {
        var counts = CoverageCounts()
        counts.invitations = [.sent: 60, .planned: 10, .failed: 5, .uncertain: 1, .withdrawn: 4]
        counts.skipped = [.quietPeriod: 15, .heldOut: 5, .unsubscribed: 30, .duplicate: 2, .noAddress: 8]
        #expect(counts.listed == 140 && counts.eligible == 100 && counts.invited == 76)
        #expect(counts.delivered == 60 && counts.waiting == 10)
        #expect(counts.coverage == Share(count: 76, of: 100))
        #expect(counts.coverage.limits == Limits.share(76, of: 100))
        #expect(CoverageCounts().coverage.value == nil)
    }

    @Test(arguments: [(26, 29, false), (27, 30, false), (26, 30, true)])
    func `below nine in ten of thirty raises an alarm for that touchpoint alone`(
        asked: Int, eligible: Int, isRaised: Bool
    ) async throws {
        var low = CoverageCounts()
        low.invitations = [.sent: asked]
        low.skipped = [.quietPeriod: eligible - asked]
        var fine = CoverageCounts()
        fine.invitations = [.sent: 100]
        let found = try await coverage([(wave("till"), low), (wave(nil), fine)]).alarms
        let expected = CoverageAlarm.low(touchpoint: "till", Share(count: asked, of: eligible))
        #expect(found == (isRaised ? [expected] : []))
    }

    @Test func `ranks the least covered first, and nothing of fewer than five`() {
        func counts(_ asked: Int, of eligible: Int) -> CoverageCounts {
            var counts = CoverageCounts()
            counts.invitations = [.sent: asked]
            counts.skipped = [.heldOut: eligible - asked]
            return counts
        }
        let order = Coverage.ranked([
            ("fine", counts(9, of: 10)), (nil, counts(0, of: 4)), ("few", counts(0, of: 4)),
            ("poor", counts(1, of: 5)), ("also fine", counts(9, of: 10)),
        ])
        #expect(order.map(\.name) == ["poor", "also fine", "fine", "few", nil])
        #expect(order.map(\.counts.isRanked) == [true, true, true, false, false])
    }

    @Test(arguments: [(27, 3, false), (26, 4, true), (20, 9, false)])
    func `more than one in ten left out of a rule by hand raises an alarm, its own quiet does not`(
        asked: Int, excluded: Int, isRaised: Bool
    ) async throws {
        var counts = CoverageCounts()
        counts.invitations = [.sent: asked]
        counts.skipped = [.excluded: excluded, .quietPeriod: 500, .quota: 90]
        #expect(counts.excluded == excluded && counts.unhanded == Share(count: asked, of: asked + excluded))
        var one = wave("till")
        one.rule = AskRule.ID(7)
        let alarms = try await coverage([(one, counts)]).alarms
        let expected = CoverageAlarm.leftOut(rule: AskRule.ID(7), name: "", counts.unhanded)
        #expect(alarms == (isRaised ? [expected] : []))
    }

    @Test(arguments: [
        // As often as the rest, less often by chance, too few to say, and plainly less often.
        (100, 95, 95, false), (100, 92, 96, false), (29, 0, 99, false), (100, 80, 99, true),
        // More often is no fault.
        (100, 100, 60, false),
    ])
    func `tells when unhappy customers are passed over`(
        low: Int, lowAsked: Int, restAsked: Int, isRaised: Bool
    ) async throws {
        var counts = CoverageCounts()
        counts.invitations = [.sent: lowAsked + restAsked]
        counts.skipped = [.quietPeriod: low - lowAsked + 100 - restAsked]
        let one = wave("web", unhappy: .init(eligible: low, invited: lowAsked))
        let found = try await coverage([(one, counts)])
        #expect(found.unhappy.low == Share(count: lowAsked, of: low))
        #expect(found.unhappy.rest == Share(count: restAsked, of: 100))
        let raised = found.alarms.contains { if case .unhappyLeftOut = $0 { true } else { false } }
        #expect(raised == isRaised)
    }

    @Test func `compares two looks with the interval of their difference`() {
        func side(_ promoters: Int, _ detractors: Int, of delivered: Int) -> StyleComparison.Side {
            var histogram = ScoreHistogram(.nps0to10)
            histogram.add(10, times: promoters)
            histogram.add(2, times: detractors)
            return .init(
                figure: Figure(histogram), response: Share(count: promoters + detractors, of: delivered))
        }
        let styles = StyleComparison(neutral: side(60, 40, of: 400), coloured: side(90, 10, of: 400))
        #expect(styles.scores?.points == 60)
        #expect((styles.scores?.limits.low ?? 0) > 30 && (styles.scores?.limits.high ?? 0) < 90)
        #expect((styles.scores?.p ?? 1) < 0.001)
        #expect(styles.responses?.points == 0 && styles.responses?.p == 1)
        let none = StyleComparison(neutral: side(0, 0, of: 5), coloured: side(1, 0, of: 5))
        #expect(none.scores == nil && none.responses != nil)
    }
}
