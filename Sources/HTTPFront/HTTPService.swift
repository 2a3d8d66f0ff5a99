package import NIOCore

/// What answers the requests of one connection. One instance per connection, called on its event loop only.
///
/// A service answers through the connection: `startResponse`, `finishHead`, `writeBody`, `endResponse`. It may do so
/// at once or later, but only while the request is its own: between `headReceived` and `endResponse`.
package protocol HTTPService: AnyObject {
    /// A request began; `connection.head` is valid until the response has ended.
    func headReceived(_ connection: HTTPConnection)
    func bodyReceived(_ bytes: ByteBuffer, _ connection: HTTPConnection)
    /// The request is complete (comes directly after the head when there is no body).
    func requestEnded(_ connection: HTTPConnection)
    /// The body is longer than `connection.bodyLimit`; nothing more of it will come.
    func bodyTooLarge(_ connection: HTTPConnection)
    /// The client takes bytes again, or takes none for now.
    func writabilityChanged(_ isWritable: Bool, _ connection: HTTPConnection)
    /// The client went away before the response had ended.
    func connectionClosed(_ connection: HTTPConnection)
}
