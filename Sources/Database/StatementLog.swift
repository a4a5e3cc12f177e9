#if DEBUG
    import Glibc
    import Synchronization

    /// Which statement ran on which database, and from which line: `scripts/check-sql.py` finds in it what a
    /// test has shown to one database only. Written to the file that RAPPORT_STATEMENT_LOG names, if any.
    enum StatementLog {
        private static let path = getenv("RAPPORT_STATEMENT_LOG").map { String(cString: $0) }
        private static let noted = Mutex<Set<String>>([])

        static func note(_ text: String, on dialect: Dialect, _ file: StaticString, _ line: UInt) {
            guard let path else { return }
            let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            let entry = "\(dialect)\t\(file):\(line)\t\(words)\n"
            noted.withLock { noted in
                guard noted.insert(entry).inserted, let log = fopen(path, "a") else { return }
                fputs(entry, log)
                fclose(log)
            }
        }
    }
#endif
