// swift-tools-version:6.2
import PackageDescription

// The parsers of outside bytes, by link to the product's own sources, without the libraries that the product
// needs (but GMime): built with coverage for the fuzzer in seconds. `scripts/fuzz.sh` builds and runs it.

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let package = Package(
    name: "rapport-fuzz",
    platforms: [.macOS(.v15)],
    targets: [
        .target(name: "Kernel", swiftSettings: strict),
        .target(name: "Formats", dependencies: ["Kernel"], swiftSettings: strict),
        .target(
            name: "Web", dependencies: ["Kernel", "Formats"], exclude: ["Templates"],
            sources: ["Calls/JSONInput.swift"], swiftSettings: strict),
        .target(
            name: "Customers", dependencies: ["Kernel", "Formats", "Web"], exclude: ["Templates"],
            sources: ["Customers/Customer.swift", "Customers/CustomerInput.swift"], swiftSettings: strict),
        .target(
            name: "Surveys", dependencies: ["Kernel", "Formats", "Web", "Customers", "Outbound"],
            exclude: ["Templates"],
            sources: [
                "Scores", "Surveys/Question.swift", "Surveys/Survey.swift", "Surveys/SurveyDefinition.swift",
                "Surveys/SurveyInput.swift", "Responses/ResponseDraft.swift",
                "Responses/SurveyResponse.swift", "Inbound/MailMeaning.swift",
            ], swiftSettings: strict + [.unsafeFlags(["-enable-testing"])]),
        .systemLibrary(name: "LibGMime", pkgConfig: "gmime-3.0"),
        .target(name: "CGMime", dependencies: ["LibGMime"]),
        .target(
            name: "Outbound", dependencies: ["Kernel", "Formats", "CGMime"],
            sources: [
                "Inbound", "Mail/MailMessage.swift", "Mail/MailComposer.swift", "Addresses",
                "Hooks/HookCarrier.swift", "Hooks/HookURL.swift", "Records/TXTAnswer.swift",
            ], swiftSettings: strict),
        .target(
            name: "Alerts", dependencies: ["Formats"], exclude: ["Templates"],
            sources: ["Robots/Robot.swift", "Robots/RobotText.swift", "Robots/RobotMessage.swift"],
            swiftSettings: strict),
        .executableTarget(
            name: "Fuzz",
            dependencies: ["Kernel", "Formats", "Web", "Customers", "Surveys", "Outbound", "Alerts"],
            swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])]),
    ]
)
