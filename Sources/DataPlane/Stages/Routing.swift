import HTTPFront

/// Finds the route of an HTTP API.
enum Routing {
    /// The longest head of an API call: request line and header values together. AWS quota: 10,240 bytes.
    static let headBytes = 10_240

    /// A disabled endpoint answers as if the API were not there, but is logged.
    static func admit(_ x: Exchange) throws(Refusal) {
        if x.stage?.isEndpointDisabled == true { throw .notFound }
    }

    /// Finds the route. A preflight needs none.
    static func match(_ x: Exchange) throws(Refusal) {
        guard let head = x.connection?.head, let stage = x.stage?.http, !Preflight.isPreflight(head, stage) else {
            return
        }
        let index = x.withPath { bytes in
            stage.router.match(
                UnsafeRawBufferPointer(rebasing: bytes[x.routedPath.range]), head.method, &x.bindings)
        }
        guard let index, let index else { throw .notFound }
        x.route = stage.routes[index]
    }

    static func checkHead(_ x: Exchange) throws(Refusal) {
        guard let head = x.connection?.head, headLength(head) > headBytes else { return }
        throw .headTooLarge
    }

    private static func headLength(_ head: RequestHead) -> Int {
        var length = head.fields.first.map { Int($0.name.start) } ?? 0
        for field in head.fields { length += field.value.count }
        return length
    }
}
