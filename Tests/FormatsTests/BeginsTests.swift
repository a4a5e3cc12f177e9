import Testing

@Test func `Formats begins`() { #expect(Bool(true)) }
