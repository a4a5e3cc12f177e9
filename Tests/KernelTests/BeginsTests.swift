import Testing

@Test func `Kernel begins`() { #expect(Bool(true)) }
