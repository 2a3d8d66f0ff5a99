// swift-tools-version: 6.2
import PackageDescription

let pure: [SwiftSetting] = [
    .enableUpcomingFeature("InternalImportsByDefault"), .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"), .enableExperimentalFeature("Lifetimes"),
]

/// The engines of models and templates by themselves: timed without a server around them.
let package = Package(
    name: "engines",
    platforms: [.macOS(.v15)],
    targets: [
        .target(name: "JSON", path: "JSON", swiftSettings: pure),
        .target(name: "BoundedRegex", path: "BoundedRegex", swiftSettings: pure),
        .target(name: "JSONSchema", dependencies: ["JSON", "BoundedRegex"], path: "JSONSchema", swiftSettings: pure),
        .target(name: "Velocity", dependencies: ["JSON", "BoundedRegex"], path: "Velocity", swiftSettings: pure),
        .executableTarget(
            name: "engines", dependencies: ["JSON", "JSONSchema", "Velocity"], path: "engines",
            // Nothing else brings it along.
            linkerSettings: [.linkedLibrary("m")]),
    ]
)
