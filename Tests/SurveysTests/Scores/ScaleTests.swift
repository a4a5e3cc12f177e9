import Surveys
import Testing

@Suite struct ScaleTests {
    @Test(
        arguments: [
            (
                Scale.nps0to10,
                [
                    -1: nil, 0: .detractor, 6: .detractor, 7: .passive, 8: .passive, 9: .promoter,
                    10: .promoter, 11: nil,
                ]
            ),
            (.nps1to10, [0: nil, 1: .detractor, 6: .detractor, 7: .passive, 9: .promoter]),
            (
                .npsSigned,
                [
                    -11: nil, -10: .detractor, -9: .detractor, -8: .unassigned, 6: .unassigned, 7: .passive,
                    8: .passive, 9: .promoter, 10: .promoter,
                ]
            ),
            (
                .csat1to5,
                [
                    0: nil, 1: .dissatisfied, 2: .dissatisfied, 3: .neutral, 4: .satisfied, 5: .satisfied,
                    6: nil,
                ]
            ),
            (.csat0to5, [0: .dissatisfied, 3: .neutral, 4: .satisfied]),
            (.csat0to10, [6: .dissatisfied, 7: .neutral, 8: .neutral, 9: .satisfied]),
            (.ces1to7, [0: nil, 3: .dissatisfied, 4: .neutral, 5: .satisfied, 7: .satisfied, 8: nil]),
        ] as [(Scale, [Int: Band?])])
    func `each score has the band of its scale, and no other number is a score`(
        scale: Scale, bands: [Int: Band?]
    ) {
        for (raw, band) in bands {
            #expect(Score(raw, on: scale)?.band == band, "\(raw) on \(scale.rawValue)")
        }
    }

    @Test(arguments: [
        (Band.detractor, BandTone.low), (.dissatisfied, .low), (.passive, .middle), (.unassigned, .middle),
        (.neutral, .middle), (.promoter, .high), (.satisfied, .high),
    ])
    func `each band is thanked in one of three tones`(band: Band, tone: BandTone) {
        #expect(band.tone == tone)
    }

    @Test(arguments: Metric.allCases)
    func `the usual scale of a metric is one of its own`(metric: Metric) {
        #expect(metric.usualScale.metric == metric)
    }
}
