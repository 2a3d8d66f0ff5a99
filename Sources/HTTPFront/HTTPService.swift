package import NIOCore

/// What answers the requests of one stream. One instance per stream, called on its event loop only.
///
/// A service answers through the stream: `startResponse`, `finishHead`, `writeBody`, `endResponse`. It may do so
/// at once or later, but only while the request is its own: between `headReceived` and `endResponse`.
package protocol HTTPService: AnyObject {
    /// A request began; `stream.head` is valid until the response has ended. Whoever wants its body calls `takeBody`, now
    /// or later; what comes before is handed over too, but a client that asked first sends nothing.
    func headReceived(_ stream: HTTPStream)
    func bodyReceived(_ bytes: ByteBuffer, _ stream: HTTPStream)
    /// The request is complete (comes directly after the head when there is no body).
    func requestEnded(_ stream: HTTPStream)
    /// The body is longer than `takeBody` allowed; nothing more of it will come.
    func bodyTooLarge(_ stream: HTTPStream)
    /// The client takes bytes again, or takes none for now.
    func writabilityChanged(_ isWritable: Bool, _ stream: HTTPStream)
    /// The client went away before the response had ended, or was sent away by the front. `stream.responseStatus` is what
    /// it has been sent by then; 0 when that is nothing.
    func connectionClosed(_ stream: HTTPStream)
}
