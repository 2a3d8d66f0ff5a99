/// How much a template may ask for. It is untrusted input: its size, its counts and its depth all have an end.
enum TemplateLimits {
    /// AWS takes 51,200 bytes in a request body and 1 MB by way of S3; a file is taken like an object in S3.
    static let bytes = 1_048_576
    /// Values in the template once aliases are expanded.
    static let values = 250_000
    /// Bytes of text in the template once aliases are expanded.
    static let textBytes = 8_388_608
    /// Bytes of all the files that one template includes; AWS's quota for a processed template is the same.
    static let includedBytes = 1_048_576
    /// Objects in S3 that one template includes.
    static let includedObjects = 100
    /// Bytes of all the text that the functions of one stack give: a short Fn::Sub of Fn::Subs can ask for any length.
    static let resolvedBytes = 16_777_216
    /// How deep lists and maps may nest, aliases expanded. Everything that walks a value recurses no deeper.
    static let depth = 100
    /// Bytes of the keys that lead to a value, together: every value's place is kept in words.
    static let pathBytes = 2_048
    /// Uses of YAML aliases.
    static let aliases = 500
    /// AWS's quota, counted after the transform.
    static let resources = 500
    /// AWS's quota.
    static let parameters = 200
    /// AWS's quota.
    static let outputs = 200
    /// AWS's quota.
    static let mappings = 200
    /// As many as resources; AWS names no quota.
    static let conditions = 500
    /// As many as parameters, of which they speak; AWS names no quota.
    static let rules = 200
    /// AWS's quota for the keys of a mapping and for the attributes of a key.
    static let mappingAttributes = 200
    /// AWS's quota for the conditions of one Fn::And or Fn::Or.
    static let operands = 2...10
    /// AWS's quota for the blocks of one Fn::Cidr.
    static let cidrBlocks = 256
    /// AWS's quota for the value of one parameter.
    static let parameterBytes = 4_096
    /// Problems that are told of; who has more has another file in hand.
    static let problems = 1_000
    /// AWS's quota for a function package sent with the call, zipped.
    static let packageBytes = 52_428_800
}
