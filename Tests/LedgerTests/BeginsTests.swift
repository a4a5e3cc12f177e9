import Testing

@Test func `Ledger begins`() { #expect(Bool(true)) }
