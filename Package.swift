// swift-tools-version: 6.2
import PackageDescription

/// Every target is built the same strict way: a warning is an error, an import says who may see it.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let hashTrees = Target.Dependency.product(name: "HashTreeCollections", package: "swift-collections")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")

let package = Package(
    name: "gatehouse",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "gatehouse", targets: ["gatehouse"])],
    dependencies: [
        // Event loops, sockets and byte buffers: the ground of HTTPFront, DataPlane and LambdaHost.
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        // Dictionaries whose changed copies share what did not change: APIs with thousands of routes.
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        // TLS towards HTTPS integrations (and, later, custom domains).
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        // SHA-256 of function packages, signatures of requests to AWS services.
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        // SQLite: the default store, and, through the C library that comes with it, the tables.
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        // libyaml: YAML of templates and OpenAPI documents, with line numbers.
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        // The command line.
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    ],
    targets: [
        // Pure modules: no sockets, no files.
        // Lifetimes: the parser walks a Span, so that it cannot read past its bytes nor outlive them.
        .target(name: "JSON", swiftSettings: strict + [.enableExperimentalFeature("Lifetimes")]),
        // Regular expressions of models and templates; a matcher reads a Span, as the parser of JSON does.
        .target(name: "BoundedRegex", swiftSettings: strict + [.enableExperimentalFeature("Lifetimes")]),
        // Models of REST APIs: JSON Schema draft 4, compiled once.
        .target(
            name: "JSONSchema", dependencies: ["JSON", "BoundedRegex"],
            swiftSettings: strict + [.enableExperimentalFeature("Lifetimes")]),
        // Mapping templates of REST APIs.
        .target(
            name: "Velocity", dependencies: ["JSON", "BoundedRegex"],
            swiftSettings: strict + [.enableExperimentalFeature("Lifetimes")]),
        // Requests to AWS services, signed.
        .target(
            name: "SigV4", dependencies: ["GatewayModel", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict),
        // Who may do what, as IAM writes it down.
        .target(name: "IAMPolicy", dependencies: ["JSON"], swiftSettings: strict),
        // Bearer tokens. Their form and claims are read here, for AWS's order of checks and to refuse what readers take
        // differently; signatures are swift-crypto's.
        .target(
            name: "JSONWebToken",
            dependencies: [
                "JSON", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        // Who has keys, and what each of them may do.
        .target(
            name: "Callers", dependencies: ["GatewayModel", "IAMPolicy", "JSON", "Sealing", "SigV4", hashTrees],
            swiftSettings: strict),
        // What members of operations in JSON may be.
        .target(name: "Shapes", dependencies: ["JSON"], swiftSettings: strict),
        .target(name: "GatewayModel", dependencies: ["JSON", hashTrees], swiftSettings: strict),
        // libyaml's events, which Yams brings along: its own trees compare keys with all that is in them.
        .target(name: "YAML", dependencies: ["Yams"], swiftSettings: strict),
        .target(
            name: "OpenAPIDocument", dependencies: ["JSON", "GatewayModel", "YAML"], swiftSettings: strict),

        // The store.
        .target(name: "EntityStore", swiftSettings: strict),
        .target(
            name: "SQLiteStore",
            dependencies: ["EntityStore", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: strict),

        // Tables. They speak to SQLite itself: a point read is microseconds, and a layer would double them.
        .target(
            name: "TableStore",
            dependencies: ["JSON", "GatewayModel", .product(name: "GRDBSQLite", package: "GRDB.swift")],
            swiftSettings: strict),

        // Objects in buckets: their content is files, what is known of them a SQLite file.
        .target(
            name: "ObjectStore",
            dependencies: [
                "GatewayModel", "CFiles", "CZlib", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        .target(name: "CFiles"),

        // CloudWatch Logs: groups, streams and events in a SQLite file.
        .target(
            name: "LogStore",
            dependencies: [
                "JSON", "GatewayModel", "Shapes", "BoundedRegex", .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict),

        // Secrets on the disk.
        .target(
            name: "Sealing", dependencies: [.product(name: "Crypto", package: "swift-crypto")], swiftSettings: strict),

        // X.509, as far as it is made here, with swift-crypto's keys. swift-certificates would bring all that reads and verifies,
        // which NIOSSL does already, and the time to build it.
        .target(
            name: "Certificates", dependencies: ["GatewayModel", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict),

        // User pools.
        .target(
            name: "UserPools",
            dependencies: [
                "JSON", "JSONWebToken", "GatewayModel", "EntityStore", "Sealing", "Shapes", "CThreads", hashTrees,
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .target(name: "CThreads"),

        // Files that change.
        .target(name: "FolderWatch", swiftSettings: strict),

        // Traffic.
        .target(
            name: "HTTPFront",
            dependencies: [nioCore, nioPosix, .product(name: "NIOConcurrencyHelpers", package: "swift-nio")],
            swiftSettings: strict),
        // The protocol of WebSocket APIs. Frames are taken apart here and not by NIOWebSocket: it neither unmasks, nor checks
        // UTF-8, nor answers, and passes each frame through its channel in objects of its own.
        .target(
            name: "WebSocketFront",
            dependencies: ["HTTPFront", "GatewayModel", nioCore, .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict),
        // The other side of the same protocol: for commands that try an API out, or load it.
        .target(
            name: "WebSocketClient",
            dependencies: [
                "WebSocketFront", "HTTPFront", "GatewayModel", "SigV4", nioCore, nioPosix,
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: strict),
        // zlib of the system packs answers and unpacks requests: swift-nio has no coder of its own, and swift-nio-extras'
        // work on whole connections, where a body that takes long could not be given to another thread.
        .target(
            name: "DataPlane",
            dependencies: [
                "HTTPFront", "WebSocketFront", "GatewayModel", "IAMPolicy", "JSON", "JSONSchema", "JSONWebToken",
                "Velocity", "BoundedRegex", "Callers",
                "SigV4", "CZlib", hashTrees, nioCore, nioPosix, .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: strict),

        // Functions.
        .target(name: "CSandbox"),
        .target(
            name: "LambdaHost",
            dependencies: ["CSandbox", "HTTPFront", "GatewayModel", "JSON", nioCore, nioPosix],
            resources: [.embedInCode("Runtimes/node-runtime.mjs")],
            swiftSettings: strict),

        // The code of functions on disk.
        .systemLibrary(name: "CZlib", path: "Sources/CZlib", providers: [.apt(["zlib1g-dev"])]),
        .target(
            name: "FunctionPackages",
            dependencies: ["GatewayModel", "CZlib", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict),

        // Management.
        .target(
            name: "ControlPlane",
            dependencies: [
                "JSON", "JSONSchema", "JSONWebToken", "BoundedRegex", "IAMPolicy", "Callers", "Certificates", "Sealing",
                "Shapes", "SigV4", "GatewayModel",
                "EntityStore", "OpenAPIDocument",
                "FunctionPackages", "Velocity", "CZlib",
                hashTrees,
            ],
            resources: [.embedInCode("IAM/AWSManagedPolicies.json")],
            swiftSettings: strict),
        .target(
            name: "Stacks",
            dependencies: [
                "JSON", "GatewayModel", "EntityStore", "ControlPlane", "FunctionPackages", "YAML", "Velocity",
                "Sealing",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),

        // The composition root and the command line.
        .target(
            name: "GatewayServer",
            dependencies: [
                "ControlPlane", "DataPlane", "LambdaHost", "HTTPFront", "EntityStore", "SQLiteStore", "Stacks",
                "FunctionPackages", "TableStore", "ObjectStore", "LogStore", "CZlib", "FolderWatch", "GatewayModel",
                "IAMPolicy",
                "JSON", "JSONWebToken", "SigV4", "Callers", "Certificates", "Sealing", "UserPools", "WebSocketFront",
                nioCore, nioPosix, .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "gatehouse",
            dependencies: [
                "GatewayServer", "GatewayModel", "SigV4", "Stacks", "JSON", "JSONWebToken", "Velocity",
                "WebSocketClient",
                "WebSocketFront", nioCore, nioPosix,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        // Tests, in folders that mirror the sources.
        .target(name: "TestFixtures", path: "Tests/TestFixtures", swiftSettings: strict),
        // Clients of channels and of ports.
        .target(
            name: "TestSockets",
            dependencies: [
                "HTTPFront", "WebSocketFront", nioCore, nioPosix, .product(name: "NIOEmbedded", package: "swift-nio"),
            ],
            path: "Tests/TestSockets", swiftSettings: strict),
        .testTarget(name: "JSONTests", dependencies: ["JSON"], swiftSettings: strict),
        .testTarget(name: "BoundedRegexTests", dependencies: ["BoundedRegex"], swiftSettings: strict),
        .testTarget(name: "JSONSchemaTests", dependencies: ["JSONSchema", "JSON"], swiftSettings: strict),
        .testTarget(
            name: "VelocityTests", dependencies: ["Velocity", "JSON"], exclude: ["Goldens"], swiftSettings: strict),
        .testTarget(name: "IAMPolicyTests", dependencies: ["IAMPolicy", "JSON"], swiftSettings: strict),
        .testTarget(
            name: "JSONWebTokenTests",
            dependencies: ["JSONWebToken", "JSON", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict),
        .testTarget(
            name: "CallersTests", dependencies: ["Callers", "GatewayModel", "IAMPolicy", "Sealing", "SigV4"],
            swiftSettings: strict),
        .testTarget(
            name: "CertificatesTests",
            dependencies: [
                "Certificates", "GatewayModel", nioCore, .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"), .product(name: "NIOTLS", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .testTarget(name: "SealingTests", dependencies: ["Sealing"], swiftSettings: strict),
        .testTarget(
            name: "UserPoolsTests",
            dependencies: [
                "UserPools", "Sealing", "EntityStore", "GatewayModel", "JSON", "JSONWebToken",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .testTarget(name: "YAMLTests", dependencies: ["YAML"], swiftSettings: strict),
        .testTarget(
            name: "SigV4Tests", dependencies: ["SigV4", "GatewayModel"], exclude: ["SigningSuite.json"],
            swiftSettings: strict),
        .testTarget(name: "GatewayModelTests", dependencies: ["GatewayModel", "JSON"], swiftSettings: strict),
        .testTarget(
            name: "HTTPFrontTests",
            dependencies: [
                "HTTPFront", "TestFixtures", "TestSockets", nioCore,
                .product(name: "NIOEmbedded", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "WebSocketFrontTests",
            dependencies: [
                "WebSocketFront", "HTTPFront", "JSON", "TestFixtures", "TestSockets", nioCore, nioPosix,
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "WebSocketClientTests",
            dependencies: [
                "WebSocketClient", "WebSocketFront", "HTTPFront", "GatewayModel", "SigV4", "TestSockets", nioCore,
                nioPosix, .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "DataPlaneTests",
            dependencies: [
                "DataPlane", "HTTPFront", "GatewayModel", "JSON", "JSONWebToken", nioCore, nioPosix,
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .testTarget(name: "FolderWatchTests", dependencies: ["FolderWatch"], swiftSettings: strict),
        .testTarget(
            name: "LambdaHostTests",
            dependencies: ["LambdaHost", "TestFixtures", "GatewayModel", "JSON", nioCore, nioPosix],
            swiftSettings: strict),
        .testTarget(
            name: "OpenAPIDocumentTests", dependencies: ["OpenAPIDocument", "GatewayModel", "JSON"],
            swiftSettings: strict),
        .testTarget(
            name: "SQLiteStoreTests",
            dependencies: [
                "SQLiteStore", "EntityStore", "TestFixtures", .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "FunctionPackagesTests", dependencies: ["FunctionPackages", "TestFixtures", "GatewayModel"],
            swiftSettings: strict),
        .testTarget(
            name: "ControlPlaneTests",
            dependencies: [
                "ControlPlane", "FunctionPackages", "TestFixtures", "GatewayModel", "EntityStore", "JSON", "Callers",
                "Sealing", "Shapes",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "GatewayServerTests",
            dependencies: [
                "GatewayServer", "ControlPlane", "DataPlane", "EntityStore", "LambdaHost", "SQLiteStore",
                "HTTPFront", "WebSocketFront", "TestFixtures", "TestSockets", "UserPools", "LogStore", "Sealing",
                "JSONWebToken", "GatewayModel", "JSON", "SigV4", .product(name: "GRDBSQLite", package: "GRDB.swift"),
                nioCore, nioPosix,
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "TableStoreTests", dependencies: ["TableStore", "GatewayModel", "JSON"], swiftSettings: strict),
        .testTarget(
            name: "ObjectStoreTests", dependencies: ["ObjectStore", "TestFixtures", "GatewayModel"],
            swiftSettings: strict),
        .testTarget(
            name: "LogStoreTests",
            dependencies: [
                "LogStore", "TestFixtures", "GatewayModel", "JSON", .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "StacksTests",
            dependencies: ["Stacks", "ControlPlane", "EntityStore", "GatewayModel", "JSON", "LogStore", "Sealing"],
            exclude: ["Goldens"], swiftSettings: strict),
    ]
)
