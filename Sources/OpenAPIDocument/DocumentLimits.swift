/// How much of a document is read. A document comes from outside.
package enum DocumentLimits {
    /// AWS quota: 6 MB for the definition of an API to import.
    package static let bytes = 6 * 1024 * 1024
    /// Nested lists and objects; the JSON parser has a limit of its own.
    package static let depth = 100
    /// Values of a YAML document with its aliases written out.
    package static let values = 1_000_000
    /// The YAML parser writes aliases out and compares keys by their whole value. A document with anchors is therefore
    /// kept so small, and may have so few aliases, that nested ones stay cheap whatever they name.
    package static let bytesWithAnchors = 256 * 1024
    package static let aliases = 16
}
