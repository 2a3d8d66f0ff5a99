/// Runtimes that layers may say they are for; they may be older than those that functions are made with.
extension LambdaRuntimes {
    /// In the order of AWS's error message of ListLayers, recorded in 2026.
    private static let listed = [
        "ruby3.5", "ruby2.6", "dotnetcore1.0", "python3.7", "nodejs8.10", "nasa", "ruby2.7", "python2.7-greengrass",
        "dotnetcore2.0", "python3.8", "java21", "dotnet6", "dotnetcore2.1", "python3.9", "java11", "nodejs6.10",
        "provided", "dotnetcore3.1", "dotnet8", "java25", "java17", "nodejs", "nodejs4.3", "java8.al2", "go1.x",
        "dotnet10", "nodejs20.x", "go1.9", "byol", "nodejs10.x", "provided.al2023", "nodejs22.x", "python3.10",
        "java8", "nodejs12.x", "python3.11", "nodejs24.x", "nodejs8.x", "python3.12", "nodejs14.x", "nodejs8.9",
        "nodejs26.x", "python3.13", "python3.14", "nodejs16.x", "python3.15", "provided.al2", "nodejs4.3-edge",
        "nodejs18.x", "ruby3.2", "python3.4", "ruby3.3", "ruby3.4", "ruby2.5", "python3.6", "python2.7",
    ]

    static func check(compatible runtimes: [String]?, _ constraints: inout Constraints) {
        guard let runtimes else { return }
        let text = "'[\(runtimes.joined(separator: ", "))]'"
        // Source: botocore, shape `CompatibleRuntimes`.
        if runtimes.count > 15 {
            constraints.violation(text, at: "compatibleRuntimes", "Member must have length less than or equal to 15")
        } else if !runtimes.allSatisfy({ supported.contains($0) || newer.contains($0) || retired.contains($0) }) {
            constraints.violation(
                text, at: "compatibleRuntimes",
                "Member must satisfy enum value set: [\(supported.joined(separator: ", "))]")
        }
    }

    static func check(listedFor runtime: String?, _ constraints: inout Constraints) {
        guard let runtime, !newer.contains(runtime) else { return }
        constraints.oneOf(runtime, "compatibleRuntime", listed)
    }
}
