/// How much a template may ask for. It is untrusted input: its size, its counts and its depth all have an end.
enum TemplateLimits {
    /// AWS takes 51,200 bytes in a request body and 1 MB by way of S3; a file is taken like an object in S3.
    static let bytes = 1_048_576
    /// Values in the template once aliases are expanded.
    static let values = 250_000
    /// How deep lists and maps may nest, aliases expanded. Everything that walks a value recurses no deeper.
    static let depth = 100
    /// Uses of YAML aliases.
    static let aliases = 500
    /// AWS's quota, counted after the transform.
    static let resources = 500
    /// AWS's quota.
    static let parameters = 200
    /// AWS's quota.
    static let outputs = 200
    /// AWS's quota for the value of one parameter.
    static let parameterBytes = 4_096
    /// AWS's quota for a function package sent with the call, zipped.
    static let packageBytes = 52_428_800
}
