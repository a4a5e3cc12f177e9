import Foundation
import Testing

@Suite struct `Modules` {
    /// Who may import whom. A new arrow needs a decision in docs/decisions.
    static let arrows: [String: Set<String>] = [
        "Kernel": [],
        "Statistics": ["RealModule"],
        "Formats": ["Kernel"],
        "Language": ["Kernel", "Statistics", "Formats", "CICU", "CAssets"],
        "Charts": ["Kernel"],
        "Columns": ["CColumns"],
        "Outbound": ["Kernel", "Formats", "CGMime", "CCurl", "CDKIM", "CResolve"],
        "Database": ["Kernel", "Formats", "CSQLite", "CLibPQ", "Logging"],
        "Ledger": ["Kernel", "Formats", "Database", "Crypto", "Logging"],
        "Web": [
            "Kernel", "Formats", "Language", "Charts", "CAssets", "CBrotli", "CZlib", "Mustache", "Crypto",
            "Logging",
        ],
        "Accounts": kits.union(["CSodium", "Crypto"]),
        "Customers": kits.union(["Accounts", "Crypto"]),
        "Surveys": kits.union(["Outbound", "Accounts", "Customers"]),
        "Insight": kits.union(["Accounts", "Customers", "Surveys", "Statistics", "Columns"]),
        "FollowUp": kits.union(["Accounts", "Customers", "Surveys"]),
        "Alerts": kits.union(["Outbound", "Accounts", "Customers", "Surveys", "FollowUp", "Crypto"]),
        "Schema": ["Kernel", "Database"],
        "App": kits.union([
            "Accounts", "Customers", "Surveys", "Insight", "FollowUp", "Alerts", "Schema", "Statistics",
            "Outbound", "ArgumentParser",
            "ServiceLifecycle", "UnixSignals", "TOMLKit", "CXLSXWriter", "Crypto",
        ]),
        "Server": ["App"],
        "Bench": ["Kernel", "Columns", "Database", "CCurl", "CSQLite", "ArgumentParser", "Logging"],
    ]
    static let kits: Set<String> = [
        "Kernel", "Formats", "Language", "Charts", "Database", "Ledger", "Web", "Logging",
    ]
    static let platform: Set<String> = [
        "Foundation", "FoundationEssentials", "Glibc", "Dispatch", "Synchronization", "Swift",
    ]
    /// What comes with the HTTP library.
    static let http: Set<String> = [
        "Hummingbird", "HummingbirdCore", "HTTPTypes", "NIOCore", "NIOHTTPTypes", "NIOPosix", "NIOHTTP1",
    ]

    @Test(arguments: SourceTree.sources)
    func `import downwards only`(file: SourceTree.File) throws {
        let allowed = try #require(Self.arrows[file.module], "\(file.module) is no module of the house")
        for name in file.imports where !Self.platform.contains(name) {
            if Self.http.contains(name) {
                #expect(
                    ["Web", "App", "Bench"].contains(file.module) || file.name.hasSuffix("Routes.swift"),
                    "\(file.path) imports \(name): HTTP stays in Web, App, Bench and Routes")
            } else {
                #expect(allowed.contains(name), "\(file.path) may not import \(name)")
            }
        }
    }

    @Test func `of the kernel stay few`() {
        #expect(SourceTree.sources.filter { $0.module == "Kernel" }.count < 12)
    }
}

@Suite struct `Time, ids and chance` {
    @Test(arguments: SourceTree.sources.filter { $0.module != "App" })
    func `come from outside`(file: SourceTree.File) {
        for forbidden in ["Date()", "UUID()", ".random(", "ProcessInfo", "SystemRandomNumberGenerator"] {
            #expect(!file.text.contains(forbidden), "\(file.path) uses \(forbidden)")
        }
    }
}

@Suite struct `Statements` {
    /// Where SQL may stand: beside its noun, and in the kits that are about databases.
    @Test(arguments: SourceTree.sources)
    func `stand in plain sight`(file: SourceTree.File) {
        guard !["Database", "Schema"].contains(file.module), !file.name.hasSuffix("+SQL.swift") else {
            return
        }
        for verb in ["SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM "] {
            #expect(
                !file.text.contains("\"\(verb)") && !file.text.contains("    \(verb)"),
                "\(file.path) holds SQL")
        }
    }

    /// Tables whose rows belong to one account, as the schema says.
    static let tenantTables: Set<String> = {
        var tables: Set<String> = []
        for file in SourceTree.sources where file.module == "Schema" {
            for piece in file.text.components(separatedBy: "CREATE TABLE ").dropFirst() {
                let name = piece.prefix { $0.isLetter || $0 == "_" }
                let body = piece.components(separatedBy: "\"\"\"")[0]
                if body.contains("account_id BIGINT") { tables.insert(String(name)) }
            }
        }
        return tables
    }()

    @Test(arguments: SourceTree.sources.filter { $0.name.hasSuffix("+SQL.swift") })
    func `on a tenant's table name the account`(file: SourceTree.File) {
        for statement in file.text.components(separatedBy: "tx.run(").dropFirst() {
            let literal =
                statement.hasPrefix("\n") || statement.hasPrefix("\"\"\"")
                ? statement.components(separatedBy: "\"\"\"").dropFirst().first ?? ""
                : statement.components(separatedBy: "\n")[0]
            let words = Set(literal.split { !$0.isLetter && $0 != "_" }.map(String.init))
            guard let table = words.intersection(Self.tenantTables).sorted().first else { continue }
            let namesAccount = literal.contains("account_id") || literal.contains("\\(Self.columns)")
            // A secret that only its holder knows, or the work of the whole installation, is looked up
            // across accounts.
            let isAcross = literal.contains("token_hash") || literal.contains("-- every account")
            #expect(
                namesAccount || isAcross,
                "\(file.path): a statement on \(table) does not name account_id:\n\(literal)")
        }
    }
}
