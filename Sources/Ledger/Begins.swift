enum LedgerBegins {}
