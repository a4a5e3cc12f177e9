import Kernel
import Testing

private enum Kettle: Noun { static let idPrefix = "ket" }
private enum Teapot: Noun { static let idPrefix = "tea" }

@Suite struct `Identifiers` {
    @Test(arguments: [0, 1, 31, 32, 1_234_567_890_123_456_789, Int64.max])
    func `read back from their text, in either case`(number: Int64) {
        let id = Identifier<Kettle>(number)
        #expect(Identifier<Kettle>(id.description) == id)
        #expect(Identifier<Kettle>("ket_" + id.description.dropFirst(4).uppercased()) == id)
    }

    @Test func `of another noun are none of this noun`() {
        #expect(Identifier<Teapot>(Identifier<Kettle>(7).description) == nil)
    }

    @Test(arguments: ["", "ket_", "ket_0000", "ket_000000000000u", "ket_zzzzzzzzzzzzz", "ket_0000000000001x"])
    func `that are none are refused`(text: String) {
        #expect(Identifier<Kettle>(text) == nil)
    }

    @Test func `grow when the clock runs backwards and when a millisecond is full`() {
        let ids = Snowflakes(node: 5), noon = Timestamp(milliseconds: 1_800_000_000_000)
        let times = [noon, noon, Timestamp(milliseconds: noon.milliseconds - 5)]
        let made = times.flatMap { time in (0..<5000).map { _ in ids.next(at: time) } }
        #expect(zip(made, made.dropFirst()).allSatisfy { $0 < $1 })
        #expect(made.allSatisfy { $0 >> 12 & 1023 == 5 })
    }
}
