/// How much of a document is read. A document comes from outside.
package enum DocumentLimits {
    /// AWS quota: 6 MB for the definition of an API to import.
    package static let bytes = 6 * 1024 * 1024
    /// Nested lists and objects; the JSON parser has a limit of its own.
    package static let depth = 100
    /// Values of a YAML document with its aliases written out, and what a document's references and inherited settings
    /// stand for when they are written out; AWS names no quota.
    package static let values = 1_000_000
    /// Bytes of text that the aliases of a YAML document stand for; AWS names no quota.
    package static let aliasedBytes = 8 * 1024 * 1024
    /// Uses of YAML aliases; AWS names no quota.
    package static let aliases = 500
}
