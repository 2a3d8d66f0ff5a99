import ControlPlane
import GatewayModel
import JSON
import UserPools

extension UserPools {
    /// The answer to a management call, as its clients read it; nil when it is none of user pools.
    ///
    /// - Parameter controlPlane: whose policies decide whether the caller may.
    func respond(to request: WireRequest, _ controlPlane: ControlPlane) async -> WireResponse? {
        guard case .userPools(let operation) = ServiceFront.find(ServiceHead(request)).destination else { return nil }
        let denial = controlPlane.denial(of: request) {
            // Policies say nothing of what needs no signature.
            UnsignedOperations.contains(operation)
                ? [] : Permission.userPool(operation, request.body, in: controlPlane.account)
        }
        if let denial {
            let wire = ServiceFront.userPoolWire
            return wire.response(wire.accessDenied(denial), requestId: Identifiers.uuid())
        }
        if let refusal = Self.refusal(of: operation, request) { return WireResponse(refusal.answer) }
        return WireResponse(await respond(to: operation, request.body))
    }

    /// No pool has the name by which the server itself is called: its pages would take the management API's place there.
    static func refusal(of operation: String, _ request: WireRequest) -> PoolError? {
        guard operation == "CreateUserPoolDomain",
            let name = (try? JSONValue(parsing: request.body))?["Domain"]?.string, name.contains("."),
            name == request.header("host")?.prefix(while: { $0 != ":" }).lowercased()
        else { return nil }
        return .domainOfThisServer(name)
    }

    /// The answer to a request that `PoolAccess` lets web pages send.
    func respond(to request: WireRequest, _ access: PoolAccess, _ controlPlane: ControlPlane) async -> WireResponse? {
        var response: WireResponse
        switch access {
        case .preflight: response = WireResponse(status: 200)
        case .operation:
            guard let answer = await respond(to: request, controlPlane) else { return nil }
            response = answer
        case .endpoint:
            guard
                let asked = endpoint(
                    request.method, request.path, query: request.query, host: request.header("host") ?? "localhost",
                    headers: request.headers, body: request.body)
            else { return nil }
            let answer = await self.answer(asked)
            response = WireResponse(status: answer.status, headers: answer.headers, body: answer.body)
        }
        if request.header("origin") != nil { response.headers += Self.crossOrigin(request) }
        return response
    }

    /// Any page may read it, without what the browser keeps of this origin. Source: answers of AWS.
    private static func crossOrigin(_ request: WireRequest) -> [(name: String, value: String)] {
        var headers = [
            ("access-control-allow-origin", "*"),
            ("access-control-expose-headers", "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date"),
        ]
        if request.method == "OPTIONS" {
            headers.append(("access-control-allow-methods", "GET,POST,OPTIONS"))
            headers.append(("access-control-max-age", "172800"))
            if let asked = request.header("access-control-request-headers") {
                headers.append(("access-control-allow-headers", asked))
            }
        }
        return headers
    }
}

extension WireResponse {
    /// JSON protocols name the error in the body; browsers' clients read it in a header.
    init(_ answer: PoolAnswer) {
        var headers = [
            ("content-type", "application/x-amz-json-1.1"), ("x-amzn-requestid", Identifiers.uuid()),
        ]
        if answer.status != 200, let code = answer.body["__type"]?.string {
            headers.append(("x-amzn-errortype", code + ":"))
            // A field holds no other letters.
            let message = (answer.body["message"]?.string ?? "").unicodeScalars.filter {
                (0x20..<0x7F).contains($0.value)
            }
            headers.append(("x-amzn-errormessage", String(String.UnicodeScalarView(message))))
        }
        self.init(status: answer.status, headers: headers, body: JSONValue.object(answer.body).bytes)
    }
}
