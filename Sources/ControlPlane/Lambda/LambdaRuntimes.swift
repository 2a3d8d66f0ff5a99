/// Names of runtimes, as CreateFunction and UpdateFunctionConfiguration judge them.
enum LambdaRuntimes {
    /// In the order of AWS's error message, recorded in November 2025.
    static let supported = [
        "nodejs20.x", "python3.14", "provided.al2023", "python3.12", "python3.13", "nodejs24.x", "nodejs22.x", "java25",
        "python3.10", "python3.11", "java21", "ruby3.3", "ruby3.4", "ruby3.2", "python3.8", "python3.9", "java17",
        "nodejs16.x", "dotnet10", "dotnet8", "java11", "dotnet6", "nodejs18.x", "provided.al2", "java8.al2",
    ]

    /// Newer than that message. Source: botocore 1.43.11, shape `Runtime`.
    static let newer = ["ruby4.0"]

    /// Names that AWS no longer takes. Source: botocore 1.43.11, shape `Runtime`, less those above.
    static let retired = [
        "nodejs", "nodejs4.3", "nodejs6.10", "nodejs8.10", "nodejs10.x", "nodejs12.x", "nodejs14.x", "java8",
        "python2.7", "python3.6", "python3.7", "dotnetcore1.0", "dotnetcore2.0", "dotnetcore2.1", "dotnetcore3.1",
        "nodejs4.3-edge", "go1.x", "ruby2.5", "ruby2.7", "provided",
    ]

    /// Families that the function host runs.
    private static let runnable = ["python3.", "nodejs", "provided."]

    static func check(_ runtime: String) throws(ServiceError) {
        if retired.contains(runtime) {
            throw .invalidParameter(
                "The runtime parameter of \(runtime) is no longer supported for creating or updating AWS Lambda "
                    + "functions. We recommend you use a supported runtime while creating or updating functions.")
        }
        guard supported.contains(runtime) || newer.contains(runtime) else {
            throw .invalidParameter(
                "Value \(runtime) at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: "
                    + "[\(supported.joined(separator: ", "))] or be a valid ARN")
        }
        guard runnable.contains(where: runtime.hasPrefix) else {
            throw .notOffered(
                "Gatehouse does not run the runtime \(runtime); it runs python3.x, nodejs*.x and provided.al*.")
        }
    }
}
