#if DEBUG
    import Glibc
    import Synchronization

    /// Which statement ran on which database, and from which line: `scripts/check-sql.py` finds in it what a
    /// test has shown to one database only. Written to the file that RAPPORT_STATEMENT_LOG names, if any.
    enum StatementLog {
        private struct Note: Hashable {
            let text: String
            /// Where its name stands in memory: one place for each file.
            let file: UInt
            let line: UInt
            let dialect: Dialect
        }

        private static let path = getenv("RAPPORT_STATEMENT_LOG").map { String(cString: $0) }
        private static let noted = Mutex<Set<Note>>([])

        static func note(_ text: String, on dialect: Dialect, _ file: StaticString, _ line: UInt) {
            guard let path else { return }
            let note = Note(
                text: text, file: UInt(bitPattern: file.utf8Start), line: line, dialect: dialect)
            noted.withLock { noted in
                guard noted.insert(note).inserted, let log = fopen(path, "a") else { return }
                let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
                fputs("\(dialect)\t\(file):\(line)\t\(words)\n", log)
                fclose(log)
            }
        }
    }
#endif
