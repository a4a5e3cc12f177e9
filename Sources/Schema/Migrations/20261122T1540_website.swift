import Database

/// Where a company's content customers are led to; empty for nowhere.
enum AccountWebsite {
    static let statements: [SQL] = ["ALTER TABLE accounts ADD COLUMN website TEXT NOT NULL DEFAULT ''"]
}
