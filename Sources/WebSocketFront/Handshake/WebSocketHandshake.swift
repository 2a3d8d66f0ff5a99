internal import Crypto
internal import GatewayModel
package import HTTPFront
internal import NIOCore

/// A client's opening handshake (RFC 6455 section 4.2.1), found good. Whether it is accepted may be decided later: until
/// then what the client sends waits, 64 KB of it at most (`HTTPLimits.pipelinedBytes`). Whoever does not accept it answers
/// with an ordinary response and ends the connection: what waits may be frames, which are no requests.
///
/// Extensions are not negotiated, whatever the client offers, and no subprotocol is chosen for it.
package struct WebSocketHandshake {
    private let key: RequestHead.Span

    /// Whether a request asks for WebSocket. HTTP/1.0 has no upgrades (RFC 9110 section 7.8).
    package static func isAsked(in head: RequestHead) -> Bool {
        !head.isHTTP10 && head.lists("websocket", in: .upgrade)
    }

    package init(_ head: RequestHead) throws(HandshakeRefusal) {
        guard Self.isAsked(in: head) else { throw .upgradeRequired }
        // A body could not be told from frames.
        guard head.method == .get, head.body == .none, head.lists("upgrade", in: .connection),
            let version = head.single("sec-websocket-version").flatMap(head.version)
        else { throw .badRequest }
        guard version == 13 else { throw .versionNotSupported }
        guard let key = head.single("sec-websocket-key"), Base64.decode(head.string(key))?.count == 16 else {
            throw .badRequest
        }
        self.key = key
    }

    /// Answers 101, and the connection is the delegate's. nil when there is none any more, or another answer has begun.
    ///
    /// `subprotocol` is told to the client if it is among those that it offered: one that is not would have the client end
    /// the connection (section 4.1).
    @discardableResult
    package func accept(
        _ stream: HTTPStream, subprotocol: String? = nil, limits: WebSocketLimits = .aws,
        delegate: any WebSocketDelegate
    ) -> WebSocketConnection? {
        guard stream.canRespond else { return nil }
        let head = stream.head
        stream.startResponse(status: 101)
        stream.writeDate()
        stream.write("Upgrade: websocket\r\n")
        stream.writeHead { lines in
            lines.write("Sec-WebSocket-Accept: ")
            lines.write(Array(Self.accept(for: head.string(key)).utf8))
            lines.write("\r\n")
            guard let subprotocol, head.offers(subprotocol: subprotocol) else { return }
            lines.write("Sec-WebSocket-Protocol: ")
            lines.write(Array(subprotocol.utf8))
            lines.write("\r\n")
        }
        guard let taken = stream.takeOver() else {
            // It has no channel of its own, and may be answered otherwise.
            _ = stream.retract()
            return nil
        }
        let connection = WebSocketConnection(loopState: stream.loopState, limits: limits, delegate: delegate)
        // Only a channel that has closed takes no handlers.
        guard (try? taken.channel.pipeline.syncOperations.addHandler(connection)) != nil else { return nil }
        connection.take(taken)
        return connection
    }

    /// What a server makes of a client's key to show that it speaks WebSocket (section 4.2.2).
    package static func accept(for key: String) -> String {
        Base64.encode(Array(Insecure.SHA1.hash(data: Array((key + magic).utf8))))
    }

    private static let magic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
}

/// Fields of a handshake, each looked for by its name: no other request pays for them.
extension RequestHead {
    /// Whether a list, perhaps of several fields, holds a token in any case.
    fileprivate func lists(_ token: StaticString, in name: HeaderName) -> Bool {
        withBytes { bytes in
            fields.contains { field in
                field.known == name
                    && RequestHeadParser.containsToken(
                        UnsafeRawBufferPointer(rebasing: bytes[field.value.range]), token)
            }
        }
    }

    /// 0 to 255 without leading zeros (section 4.1).
    fileprivate func version(_ span: Span) -> UInt8? {
        let text = string(span)
        return UInt8(text).flatMap { String($0) == text ? $0 : nil }
    }

    /// Subprotocols are tokens, compared as they are.
    fileprivate func offers(subprotocol: String) -> Bool {
        guard subprotocol.utf8.allSatisfy(ASCII.isToken) else { return false }
        return values(of: "sec-websocket-protocol").contains { list in
            string(list).split(separator: ",").contains { offered in
                offered.drop(while: isBlank).prefix { !isBlank($0) } == subprotocol
            }
        }
    }

    private func isBlank(_ character: Character) -> Bool { character == " " || character == "\t" }
}
