import JSON

/// What AWS allows as a function's own environment variables.
enum EnvironmentVariables {
    /// Bytes of the variables written as JSON. Source: Lambda quotas, "4 KB, for all environment variables".
    private static let maximumSize = 4096

    /// Source: Developer Guide, "Defined runtime environment variables", the reserved ones.
    private static let reserved: Set<String> = [
        "_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
        "AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR",
    ]

    /// `[a-zA-Z]([a-zA-Z0-9_])+`
    static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count > 1 else { return false }
        return text.isWord() && !text.utf8.contains(UInt8(ascii: "-")) && (first | 0x20) >= UInt8(ascii: "a")
            && first != UInt8(ascii: "_")
    }

    static func check(_ variables: OrderedMap<String>) throws(ServiceError) {
        let taken = variables.keys.filter(reserved.contains)
        guard taken.isEmpty else {
            throw .invalidParameter(
                "Lambda was unable to configure your environment variables because the environment variables you have "
                    + "provided contains reserved keys that are currently not supported for modification. "
                    + "Reserved keys used in this request: \(taken.joined(separator: ", "))")
        }
        let measured = JSONValue.object(JSONObject(variables.map { ($0.key, .string($0.value)) })).text
        guard measured.utf8.count <= maximumSize else {
            throw .invalidParameter(
                "Lambda was unable to configure your environment variables because the environment variables you have "
                    + "provided exceeded the 4KB limit. String measured: \(measured)")
        }
    }
}
