import JSON

/// The services whose management API is served, by the name under which clients sign their calls.
package enum Service: String, Sendable, CaseIterable {
    case apigateway
    case lambda
}

/// One management operation: how it looks on the wire, and the function that does it.
package struct Operation: Sendable {
    package enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    package let name: String
    package let service: Service
    package let method: Method
    /// As botocore writes it: `/v2/apis/{apiId}/routes`.
    package let path: String
    /// The status of a success.
    package let success: Int
    /// False for what is only there to be refused with a reason, and for paths that AWS does not have.
    package let isServed: Bool
    let perform: @Sendable (ControlPlane, Call) async throws(ServiceError) -> Reply

    init(
        _ name: String, _ service: Service, _ method: Method, _ path: String, success: Int = 200,
        isServed: Bool = true,
        _ perform: @escaping @Sendable (ControlPlane, Call) async throws(ServiceError) -> Reply
    ) {
        self.name = name
        self.service = service
        self.method = method
        self.path = path
        self.success = success
        self.isServed = isServed
        self.perform = perform
    }

    /// The same, once `check` has let the call pass.
    func after(
        _ check: @escaping @Sendable (ControlPlane, Call) async throws(ServiceError) -> Void
    ) -> Operation {
        Operation(name, service, method, path, success: success, isServed: isServed) {
            (control, call) throws(ServiceError) in
            try await check(control, call)
            return try await perform(control, call)
        }
    }
}

/// What an operation answers; the status is the operation's own unless it says otherwise.
package struct Reply: Sendable {
    var status: Int?
    var headers: [(name: String, value: String)] = []
    var contentType = "application/json"
    var body: [UInt8] = []
    /// Instead of the body.
    var pieces: (any WirePieces)?

    static let empty = Reply()

    static func json(_ value: JSONValue) -> Reply { Reply(body: value.bytes) }

    /// The resource as it encodes itself.
    static func json(_ value: some Encodable) throws(ServiceError) -> Reply {
        do { return .json(try JSONValue(encoding: value)) } catch {
            throw .internalFailure("The answer could not be written: \(error)")
        }
    }
}
