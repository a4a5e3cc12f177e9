// swift-tools-version:6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
    // Modules are for people: a release is optimised across them.
    .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
]

/// The usual linker warns of a function in Foundation that nobody here calls.
let linker: [LinkerSetting] = [.unsafeFlags(["-use-ld=lld"], .when(configuration: .release))]

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdTesting: Target.Dependency = .product(name: "HummingbirdTesting", package: "hummingbird")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let mustache: Target.Dependency = .product(name: "Mustache", package: "swift-mustache")
let realModule: Target.Dependency = .product(name: "RealModule", package: "swift-numerics")
let serviceLifecycle: Target.Dependency = .product(
    name: "ServiceLifecycle", package: "swift-service-lifecycle")

/// A module of the house: strict settings, templates and catalogs left to the asset build.
func module(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .target(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}
func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

let contexts: [Target.Dependency] = ["Accounts", "Customers", "Surveys", "Insight", "FollowUp", "Alerts"]
let kits: [Target.Dependency] = ["Kernel", "Formats", "Language", "Charts", "Database", "Ledger", "Web"]

let package = Package(
    name: "rapport",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "rapport", targets: ["rapport"])],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", exact: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache.git", exact: "2.1.1"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto.git", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log.git", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-numerics.git", exact: "1.1.1"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", exact: "2.13.0"),
        .package(url: "https://github.com/LebJe/TOMLKit.git", exact: "0.6.0"),
    ],
    targets: [
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
        .systemLibrary(name: "CBrotli", pkgConfig: "libbrotlienc", providers: [.apt(["libbrotli-dev"])]),
        .systemLibrary(name: "CXLSXWriter", providers: [.apt(["libxlsxwriter-dev"])]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CICU", linkerSettings: [.linkedLibrary("icuuc"), .linkedLibrary("icui18n")]),
        .target(name: "CColumns"),
        .systemLibrary(name: "LibGMime", pkgConfig: "gmime-3.0", providers: [.apt(["libgmime-3.0-dev"])]),
        .target(name: "CGMime", dependencies: ["LibGMime"]),
        .target(name: "CCurl", linkerSettings: [.linkedLibrary("curl")]),
        .target(name: "CResolve", linkerSettings: [.linkedLibrary("resolv")]),
        .target(name: "CDKIM", linkerSettings: [.linkedLibrary("opendkim")]),
        // `scripts/assets.sh` fills the folder; without it the build stops and says so.
        .target(name: "CAssets", exclude: ["generated"], cSettings: [.headerSearchPath("generated")]),

        module("Kernel", []),
        module("Statistics", [realModule]),
        module("Formats", ["Kernel"]),
        module("Language", ["Kernel", "Statistics", "Formats", "CICU", "CAssets"], exclude: ["Catalogs"]),
        module("Charts", ["Kernel"]),
        module("Columns", ["CColumns"]),
        module("Outbound", ["Kernel", "Formats", "CGMime", "CCurl", "CDKIM", "CResolve"]),
        module("Database", ["Kernel", "Formats", "CSQLite", "CLibPQ", logging]),
        module("Ledger", ["Kernel", "Formats", "Database", crypto, logging]),
        module(
            "Web",
            [
                "Kernel", "Formats", "Language", "Charts", "CAssets", "CBrotli", "CZlib", hummingbird,
                mustache, crypto, logging,
            ],
            exclude: ["Templates"]),
        module("Accounts", kits + [crypto, "CSodium", hummingbird], exclude: ["Templates"]),
        module("Customers", kits + ["Accounts", crypto, hummingbird], exclude: ["Templates"]),
        module(
            "Surveys", kits + ["Outbound", "Accounts", "Customers", hummingbird, logging],
            exclude: ["Templates"]),
        module(
            "Insight", kits + ["Accounts", "Customers", "Surveys", "Statistics", "Columns", hummingbird],
            exclude: ["Templates"]),
        module("FollowUp", kits + ["Accounts", "Customers", "Surveys", hummingbird], exclude: ["Templates"]),
        module(
            "Alerts",
            kits + [
                "Outbound", "Accounts", "Customers", "Surveys", "FollowUp", crypto, hummingbird, logging,
            ],
            exclude: ["Templates"]),
        module("Schema", ["Kernel", "Database"]),
        module(
            "App",
            kits + contexts + [
                "Outbound", "Schema", "Statistics", "CXLSXWriter", crypto, hummingbird, argumentParser,
                serviceLifecycle, logging,
                .product(name: "TOMLKit", package: "TOMLKit"),
            ]),
        .executableTarget(
            name: "rapport", dependencies: ["App"], path: "Sources/Server", swiftSettings: strict,
            linkerSettings: linker),
        // The floors that `make bench` measures the product against.
        .executableTarget(
            name: "rapport-bench",
            dependencies: [
                "Columns", "Database", "Kernel", "CCurl", "CSQLite", hummingbird, argumentParser, logging,
            ],
            path: "Sources/Bench", swiftSettings: strict, linkerSettings: linker),

        tests("KernelTests", ["Kernel"]),
        tests("StatisticsTests", ["Statistics"]),
        tests("FormatsTests", ["Formats", "Kernel", "TestKit"]),
        tests("LanguageTests", ["Language", "Kernel", "Formats", "CICU"]),
        tests("ChartsTests", ["Charts", "Kernel"], exclude: ["Snapshots"]),
        tests("ColumnsTests", ["Columns"]),
        tests("OutboundTests", ["Outbound", "CGMime", "Formats", "Kernel", "TestKit"]),
        tests("DatabaseTests", ["Database", "Kernel", "TestKit"]),
        tests("LedgerTests", ["Ledger", "Database", "Kernel", "Schema", "TestKit"]),
        tests("CustomersTests", ["Customers", "Database", "Formats", "Kernel", "Web", "TestKit"]),
        tests(
            "SurveysTests",
            [
                "Surveys", "Customers", "Ledger", "Database", "Formats", "Kernel", "Web", "TestKit",
                "Accounts", "Language", "Outbound", "Statistics",
            ]),
        tests(
            "AccountsTests",
            [
                "Accounts", "Web", "Ledger", "Database", "Formats", "Language", "Kernel", "TestKit",
                hummingbird,
                hummingbirdTesting, logging,
            ]),
        tests(
            "InsightTests",
            [
                "Insight", "Accounts", "Columns", "Customers", "Surveys", "Statistics", "Language", "Ledger",
                "Database",
                "Formats",
                "Kernel", "Web", "TestKit",
            ]),
        tests(
            "AppTests",
            [
                "App", "Accounts", "Customers", "Surveys", "Insight", "Ledger", "Language", "Database",
                "Schema", "Formats", "Kernel", "TestKit", argumentParser, hummingbird, hummingbirdTesting,
                logging,
            ]),
        tests(
            "RouteTests",
            [
                "App", "Accounts", "Alerts", "Customers", "Surveys", "FollowUp", "Ledger", "Database",
                "Formats", "Kernel",
                "Language", "Outbound", "Web",
                "TestKit", hummingbird,
            ], exclude: ["Snapshots"]),
        tests("SchemaTests", ["Database", "Kernel", "Schema", "TestKit"], exclude: ["Snapshots"]),
        tests(
            "FollowUpTests",
            [
                "FollowUp", "Surveys", "Customers", "Accounts", "Ledger", "Database", "Formats", "Kernel",
                "Web", "TestKit",
            ]),
        tests(
            "AlertsTests",
            [
                "Alerts", "FollowUp", "Surveys", "Customers", "Accounts", "Outbound", "Ledger", "Database",
                "Formats", "Kernel", "Language", "Web", "TestKit",
            ]),
        tests(
            "LoopTests",
            [
                "App", "Accounts", "Alerts", "Surveys", "Ledger", "Database", "Formats", "Kernel", "Web",
                "TestKit", hummingbird, hummingbirdTesting,
            ]),
        tests("ArchitectureTests", []),
        .target(
            name: "TestKit",
            dependencies: kits + contexts + ["Schema", "App", hummingbird, hummingbirdTesting],
            path: "Tests/TestKit", swiftSettings: strict),
    ]
)
