import Callers
import ControlPlane
import DataPlane
import GatewayModel
import NIOCore
import Synchronization

/// The data plane's view of this server's services beside tables: integrations of REST APIs call them without a socket.
///
/// They are known when the server is there, which begins after the data plane.
final class OwnServicesAdapter: OwnServices {
    private let management = Mutex<InProcessManagement?>(nil)

    func know(_ management: InProcessManagement) { self.management.withLock { $0 = management } }

    func answer(
        _ call: ServiceCall, as caller: Caller?, on loop: any EventLoop,
        completion: @escaping @Sendable (ServiceAnswer) -> Void
    ) {
        let management = management.withLock { $0 }
        Task {
            let response = await management?.acting(as: caller).answer(call) ?? WireResponse(status: 503)
            let answer = ServiceAnswer(response)
            loop.execute { completion(answer) }
        }
    }
}

extension InProcessManagement {
    fileprivate func answer(_ call: ServiceCall) async -> WireResponse {
        let request = WireRequest(call)
        let found = ServiceFront.find(ServiceHead(request))
        // A mapped X-Amz-Target names operations of the service that is called, and of no other.
        guard found.destination.service == call.service else { return found.refuse(requestId: Identifiers.uuid()) }
        guard case .objects(let hostBucket) = found.destination else { return await self.call(request) }
        return await objects.answer(acted(request), hostBucket, cutsContent: true)
    }
}

extension ServiceFront.Destination {
    /// As URIs of integrations name it; nil for what they cannot call.
    fileprivate var service: String? {
        switch self {
        case .objects: "s3"
        case .userPools: "cognito-idp"
        case .logs: ServiceFront.logService
        case .targeted(let service, _): service
        case .tables, .stacks, .resources, .form, .refused: nil
        }
    }
}

extension WireRequest {
    fileprivate init(_ call: ServiceCall) {
        self.init(
            method: String(decoding: call.method, as: UTF8.self), path: String(decoding: call.path, as: UTF8.self),
            query: String(decoding: call.query, as: UTF8.self),
            headers: call.fields.map { field in
                (String(decoding: field.name, as: UTF8.self).lowercased(), String(decoding: field.value, as: UTF8.self))
            }, body: call.body.map { Array($0.readableBytesView) } ?? [])
    }
}

extension ServiceAnswer {
    fileprivate init(_ response: WireResponse) {
        var fields: [UInt8] = []
        var requestId = ""
        var unsentLength: Int?
        for (name, value) in response.headers {
            switch name.lowercased() {
            case "content-length":
                unsentLength = Int(value)
                continue
            case "x-amzn-requestid", "x-amz-request-id": requestId = value
            default: break
            }
            fields += FieldLine.bytes(name, value)
        }
        self.init(
            status: response.status, requestId: requestId, fields: String(decoding: fields, as: UTF8.self),
            body: ByteBuffer(bytes: response.body))
        self.unsentLength = unsentLength
    }
}
