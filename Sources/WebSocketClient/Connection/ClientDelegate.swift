package import NIOCore
package import WebSocketFront

/// What the messages of a client's connection are for. Called on the connection's loop only.
package protocol ClientDelegate: AnyObject {
    /// The handshake is done. Comes before whatever the server has sent already.
    func opened(_ connection: ClientConnection)
    /// There is no connection. Comes once, and nothing comes behind it.
    func failed(_ failure: HandshakeFailure)
    /// A whole message, fragments put together; a text is UTF-8.
    func messageReceived(_ kind: MessageKind, _ bytes: ByteBuffer, _ connection: ClientConnection)
    /// The server has asked whether the client is there, and was answered.
    func pingReceived(_ payload: ByteBuffer)
    func pongReceived(_ payload: ByteBuffer)
    /// Comes once and last, if the connection was opened.
    func closed(_ closure: WebSocketClosure)
}

extension ClientDelegate {
    package func pingReceived(_ payload: ByteBuffer) {}
    package func pongReceived(_ payload: ByteBuffer) {}
}
