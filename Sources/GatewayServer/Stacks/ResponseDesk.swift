import DataPlane
import GatewayModel
import HTTPFront
import NIOCore
import Stacks
import Synchronization

/// Where functions answer what stacks ask of their custom resources.
///
/// A URL holds a secret and takes one answer. It leads to our own listener of loopback; for functions that take HTTPS for
/// granted it has a name that is led here as those of APIs are (`FunctionHTTPS`).
final class ResponseDesk: CustomResponses {
    private enum Place {
        case open
        case waitedFor(CheckedContinuation<CustomResponseBody?, Never>)
        case answered(CustomResponseBody)
    }

    private static let path = "/_gatehouse/responses/"
    /// Digits of a secret, of 4 bits each.
    private static let secretDigits = 64

    private let places = Mutex<[String: Place]>([:])
    /// Of loopback, without TLS; 0 until it listens.
    private let port: @Sendable () -> Int
    /// The name that functions reach by HTTPS.
    private let host: String

    init(port: @escaping @Sendable () -> Int, account: AccountIdentity) {
        self.port = port
        host = "\(OwnDomains.responses).\(account.executeAPIDomain)"
    }

    func open(isEncrypted: Bool) -> CustomResponsePlace? {
        guard port() != 0 else { return nil }
        let id = Identifiers.hex(Self.secretDigits)
        places.withLock { $0[id] = .open }
        let base = isEncrypted ? "https://\(host)" : "http://127.0.0.1:\(port())"
        return CustomResponsePlace(id: id, url: base + Self.path + id)
    }

    func answer(at place: CustomResponsePlace, within seconds: Int) async -> CustomResponseBody? {
        let alarm = Task { [self] in
            try? await Task.sleep(for: .seconds(seconds))
            settle(place.id)
        }
        let body = await withCheckedContinuation { continuation in
            let answered: CustomResponseBody?? = places.withLock { places in
                switch places[place.id] {
                case .answered(let body): return body
                case .open:
                    places[place.id] = .waitedFor(continuation)
                    return .none
                case .waitedFor, nil: return .some(nil)
                }
            }
            if let answered { continuation.resume(returning: answered) }
        }
        alarm.cancel()
        places.withLock { $0[place.id] = nil }
        return body
    }

    func close(_ place: CustomResponsePlace) { settle(place.id) }

    /// Nobody waits any longer.
    private func settle(_ id: String) {
        let place = places.withLock { $0.removeValue(forKey: id) }
        if case .waitedFor(let continuation) = place { continuation.resume(returning: nil) }
    }

    /// False where nobody waits for an answer of that path, or has one already.
    func take(_ path: String, _ body: CustomResponseBody) -> Bool {
        let id = String(path.dropFirst(Self.path.utf8.count))
        let (isTaken, waiting): (Bool, CheckedContinuation<CustomResponseBody?, Never>?) = places.withLock { places in
            switch places[id] {
            case .open:
                places[id] = .answered(body)
                return (true, nil)
            case .waitedFor(let continuation):
                places[id] = .answered(body)
                return (true, continuation)
            case .answered, nil: return (false, nil)
            }
        }
        waiting?.resume(returning: body)
        return isTaken
    }

    /// Whether a request is an answer, or would be one.
    static func isFor(_ head: RequestHead) -> Bool { head.string(head.path).hasPrefix(path) }
}

/// Takes one answer of a function. Who knows the URL is the one who was asked.
final class ResponseService: HTTPService {
    private let desk: ResponseDesk
    private var body: [UInt8] = []

    init(desk: ResponseDesk) { self.desk = desk }

    func headReceived(_ stream: HTTPStream) {
        body = []
        guard stream.head.method == .put else { return answer(405, stream) }
        if !stream.takeBody(limit: CustomResponseLimits.bytes) { bodyTooLarge(stream) }
    }

    func bodyReceived(_ bytes: ByteBuffer, _ stream: HTTPStream) {
        if stream.canRespond { body.append(contentsOf: bytes.readableBytesView) }
    }

    func requestEnded(_ stream: HTTPStream) {
        guard stream.canRespond else { return }
        answer(desk.take(stream.head.string(stream.head.path), .bytes(body)) ? 200 : 403, stream)
        body = []
    }

    /// The one who waits hears of it; the function does not, as in AWS.
    func bodyTooLarge(_ stream: HTTPStream) {
        let isTaken = desk.take(stream.head.string(stream.head.path), .tooLong)
        stream.closeAfterResponse()
        answer(isTaken ? 200 : 403, stream)
    }

    func writabilityChanged(_ isWritable: Bool, _ stream: HTTPStream) {}
    func connectionClosed(_ stream: HTTPStream) { body = [] }

    private func answer(_ status: Int, _ stream: HTTPStream) {
        stream.startResponse(status: status)
        stream.writeDate()
        stream.finishHead(.length(0))
        stream.endResponse()
    }
}

/// A connection of functions to names of this server by HTTPS: calls of APIs, and answers to stacks.
final class FunctionConnectionService: HTTPService {
    private let exchange: Exchange
    private let responses: ResponseService
    private var current: any HTTPService

    init(exchange: Exchange, responses: ResponseService) {
        self.exchange = exchange
        self.responses = responses
        current = exchange
    }

    func headReceived(_ stream: HTTPStream) {
        current = ResponseDesk.isFor(stream.head) ? responses : exchange
        current.headReceived(stream)
    }

    func bodyReceived(_ bytes: ByteBuffer, _ stream: HTTPStream) { current.bodyReceived(bytes, stream) }
    func requestEnded(_ stream: HTTPStream) { current.requestEnded(stream) }
    func bodyTooLarge(_ stream: HTTPStream) { current.bodyTooLarge(stream) }

    func writabilityChanged(_ isWritable: Bool, _ stream: HTTPStream) {
        current.writabilityChanged(isWritable, stream)
    }

    func connectionClosed(_ stream: HTTPStream) { current.connectionClosed(stream) }
}
