import Testing

@Suite struct `Sizes` {
    @Test(arguments: SourceTree.sources + SourceTree.tests)
    func `stay readable`(file: SourceTree.File) {
        let lines = file.lines
        #expect(lines.count <= 400, "\(file.path) has \(lines.count) lines: a noun is hiding")
        for (number, line) in lines.enumerated() where line.count > 110 {
            Issue.record("\(file.path):\(number + 1) has \(line.count) columns")
        }
    }

    @Test(arguments: SourceTree.sources)
    func `of functions stay under sixty lines`(file: SourceTree.File) {
        var begun: (line: Int, indent: Int)?
        for (number, line) in file.lines.enumerated() {
            let indent = line.prefix { $0 == " " }.count
            let code = line.dropFirst(indent)
            if begun == nil, code.contains("func ") || code.hasPrefix("init"), !code.hasPrefix("//"),
                !code.hasPrefix("*")
            {
                begun = (number, indent)
            }
            if let start = begun, indent == start.indent, code.hasPrefix("}") {
                #expect(
                    number - start.line < 60,
                    "\(file.path):\(start.line + 1) is \(number - start.line) lines long")
                begun = nil
            } else if let start = begun, number > start.line, indent <= start.indent, !code.isEmpty,
                code.first != ")"
            {
                begun = nil
            }
        }
    }

    @Test func `have a small middle`() {
        let counts = SourceTree.sources.map(\.lines.count).sorted()
        #expect(counts[counts.count / 2] < 120)
        #expect(counts[counts.count * 9 / 10] < 260)
    }
}

@Suite struct `Habits` {
    @Test(arguments: SourceTree.sources + SourceTree.tests.filter { !$0.path.contains("ArchitectureTests") })
    func `leave nothing for later`(file: SourceTree.File) {
        for mark in ["TO" + "DO", "FIX" + "ME", "XX" + "X", "// " + "MARK"] {
            #expect(!file.text.contains(mark), "\(file.path) holds \(mark)")
        }
    }

    @Test(arguments: SourceTree.sources)
    func `name files by the noun`(file: SourceTree.File) {
        for word in ["Helper", "Utils", "Manager", "Service.swift", "+ext", "Constants"] {
            #expect(!file.name.contains(word), "\(file.path)")
        }
    }

    @Test(arguments: SourceTree.sources)
    func `share within the package, never beyond`(file: SourceTree.File) {
        guard file.name != "RapportCommand.swift" else { return }
        for line in file.lines where line.drop(while: { $0 == " " }).hasPrefix("public ") {
            Issue.record("\(file.path): \(line)")
        }
    }
}
