import Testing

@Test func `Language begins`() { #expect(Bool(true)) }
