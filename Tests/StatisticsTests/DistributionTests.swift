import Testing

@testable import Statistics

@Test(arguments: [
    (0.975, 1.959_963_984_540_054), (0.5, 0), (0.025, -1.959_963_984_540_054), (0.9, 1.281_551_565_544_600_4),
    (1e-10, -6.361_340_902_404_056), (0.999_999, 4.753_424_308_822_899),
])
func `normal quantiles agree with tables`(p: Double, z: Double) {
    #expect(abs(Normal.quantile(p) - z) < 1e-10)
    #expect(abs(Normal.cdf(Normal.quantile(p)) / p - 1) < 1e-9)
}

@Test func `a p value keeps its precision far out`() {
    #expect(abs(Normal.twoSidedP(13.5) / 1.563_761_461e-41 - 1) < 1e-6)
}

@Test(arguments: [
    (1.0, 0.975, 12.706_204_736), (2, 0.975, 4.302_652_730), (4, 0.9, 1.533_206_274),
    (10, 0.975, 2.228_138_852), (100, 0.975, 1.983_971_519), (5, 0.001, -5.893_429_531), (30, 0.5, 0),
    (1e6, 0.975, 1.959_966_357),
])
func `Student quantiles agree with tables`(degrees: Double, p: Double, t: Double) {
    let student = StudentT(degrees: degrees)
    #expect(abs(student.quantile(p) - t) < 1e-8 * max(1, abs(t)))
    #expect(abs(student.cdf(student.quantile(p)) - p) < 1e-10)
}
