import Testing

@Test func `begins`() { #expect(Bool(true)) }
