import Testing

@testable import Charts

@Suite struct DrawingTests {
    @Test(arguments: [
        (0.0, "0"), (1.5, "1.5"), (-0.05, "-0.05"), (12.345, "12.35"), (100, "100"), (-7.1, "-7.1"),
        (.nan, "0"),
    ]) func `numbers are written short and finite`(value: Double, text: String) {
        #expect(value.written == text)
    }

    @Test(arguments: [(-100.0, 100.0), (0, 1), (-32.7, -27.3), (3, 3), (0, 0.004), (-1e6, 2e6)])
    func `an axis is marked at a few round numbers inside it`(low: Double, high: Double) {
        let axis = Axis(low, high, from: 0, to: 100).rounded
        let marks = axis.marks
        #expect((2...7).contains(marks.count), "\(marks)")
        #expect(marks.allSatisfy { axis.place($0) >= 0 && axis.place($0) <= 100 })
    }

    @Test func `a place never leaves the drawing`() {
        let axis = Axis(0, 10, from: 5, to: 95)
        #expect(axis.place(-3) == 5)
        #expect(axis.place(30) == 95)
        #expect(axis.place(.nan) == 5)
    }

    @Test func `what is too long is cut with an ellipsis and fits`() {
        let cut = TextWidth.fitted("Installation of washing machines and dryers", to: 100)
        #expect(cut.hasSuffix("…") && TextWidth.of(cut) <= 100)
        #expect(TextWidth.fitted("Repairs", to: 100) == "Repairs")
        #expect(TextWidth.of("安装") > TextWidth.of("ab"))
        #expect(TextWidth.of("e\u{301}") == TextWidth.of("e"))
    }
}
