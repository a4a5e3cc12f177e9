import Testing

@Test func `Charts begins`() { #expect(Bool(true)) }
