// swift-tools-version: 6.2
import PackageDescription

let pure: [SwiftSetting] = [
    .enableUpcomingFeature("InternalImportsByDefault"), .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"), .enableExperimentalFeature("Lifetimes"),
]

/// A package of its own, so that a fuzzer's flags reach everything that is built and nothing else.
let package = Package(
    name: "fuzz",
    platforms: [.macOS(.v15)],
    dependencies: [.package(url: "https://github.com/apple/swift-nio", from: "2.101.2")],
    targets: [
        .target(
            name: "HTTPFront",
            dependencies: [
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
            ],
            path: "HTTPFront",
            swiftSettings: [
                .enableUpcomingFeature("InternalImportsByDefault"), .enableUpcomingFeature("MemberImportVisibility"),
                .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
            ]),
        // Without the handshake, which would bring along a library of ciphers.
        .target(
            name: "WebSocketFront",
            dependencies: ["HTTPFront", .product(name: "NIOCore", package: "swift-nio")],
            path: "WebSocketFront", exclude: ["Handshake"],
            swiftSettings: [
                .enableUpcomingFeature("InternalImportsByDefault"), .enableUpcomingFeature("MemberImportVisibility"),
                .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
            ]),
        .target(name: "JSON", path: "JSON", swiftSettings: pure),
        .target(name: "BoundedRegex", path: "BoundedRegex", swiftSettings: pure),
        .target(name: "Velocity", dependencies: ["JSON", "BoundedRegex"], path: "Velocity", swiftSettings: pure),
        .target(name: "JSONSchema", dependencies: ["JSON", "BoundedRegex"], path: "JSONSchema", swiftSettings: pure),
        .executableTarget(name: "schema", dependencies: ["JSONSchema", "JSON"], path: "schema"),
        .executableTarget(name: "template", dependencies: ["Velocity", "JSON"], path: "template"),
        .executableTarget(
            name: "http-head",
            dependencies: ["HTTPFront", .product(name: "NIOCore", package: "swift-nio")],
            path: "http-head"),
        .executableTarget(
            name: "websocket",
            dependencies: ["WebSocketFront", .product(name: "NIOCore", package: "swift-nio")],
            path: "websocket"),
    ]
)
