/// Why members are none of an operation's, in a sentence. Services have their own codes for it.
package enum ShapeFault: Error, Sendable, Equatable {
    /// Values that break the model's constraints, all of them told at once.
    case invalid(String)
    /// AWS may have the member, Gatehouse has not.
    case unserved(String)
    /// Values of another kind than the model's.
    case serialization(String)
}
