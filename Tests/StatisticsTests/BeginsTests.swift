import Testing

@Test func `Statistics begins`() { #expect(Bool(true)) }
