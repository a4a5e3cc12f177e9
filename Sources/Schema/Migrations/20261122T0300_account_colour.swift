import Database

/// A company's colour on its customers' pages, like `#0b5d5e`; empty for the product's own.
enum AccountColour {
    static let statements: [SQL] = ["ALTER TABLE accounts ADD COLUMN colour TEXT NOT NULL DEFAULT ''"]
}
