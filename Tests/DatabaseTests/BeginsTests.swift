import Testing

@Test func `Database begins`() { #expect(Bool(true)) }
