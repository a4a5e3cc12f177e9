import Testing

@testable import Language

@Test func `a comment gives its words and neighbours once, without stop words`() {
    #expect(
        Terms.of("The late delivery, late delivery again", .en) == [
            "late", "delivery", "late delivery", "delivery late",
        ])
    #expect(Terms.of("nie polecam", .pl) == ["nie", "polecam", "nie polecam"])
    #expect(Terms.of("服务态度很差", .zhHans).isSuperset(of: ["服务", "态度", "服务态度", "差"]))
    #expect(Terms.of("a 1 2", .en).isEmpty)
}

@Test func `documents are counted, not words`() {
    var counter = TermCounter()
    counter.add(["slow", "rude"], toFirst: true)
    counter.add(["slow"], toFirst: true)
    counter.add(["slow", "kind"], toFirst: false)
    #expect(counter.counts["slow"] == TermCounter.Count(first: 2, second: 1))
    #expect(counter.counts["kind"] == TermCounter.Count(first: 0, second: 1))
    #expect(counter.documents == TermCounter.Count(first: 2, second: 1))
    #expect(counter.forgotten == 0)
}

@Test func `a full counter keeps what is frequent and says what it may miss`() throws {
    var counter = TermCounter(capacity: 1000)
    for document in 0..<20_000 { counter.add(["slow", "rare\(document)"], toFirst: document % 2 == 0) }
    let slow = try #require(counter.counts["slow"])
    #expect(slow == TermCounter.Count(first: 10_000, second: 10_000))
    #expect(counter.counts.count <= 1000)
    #expect((1..<100).contains(counter.forgotten))
}
