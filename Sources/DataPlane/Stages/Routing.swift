import HTTPFront

/// Finds the API, its stage and its route.
enum Routing {
    /// The longest head of an API call: request line and header values together. AWS quota: 10,240 bytes.
    static let headBytes = 10_240

    /// Whether a request is a call of an API rather than of the management API.
    static func isAPICall(_ head: RequestHead) -> Bool {
        head.withBytes { bytes in
            apiLabel(UnsafeRawBufferPointer(rebasing: bytes[head.host.range])) != nil
                || UnsafeRawBufferPointer(rebasing: bytes[head.path.range]).starts(with: pathPrefix)
        }
    }

    static func match(_ x: Exchange) throws(Refusal) {
        guard let connection = x.connection else { return }
        let found: Result<Void, Refusal> = connection.head.withBytes { bytes in
            do throws(Refusal) { return .success(try match(x, bytes, connection.head)) } catch {
                return .failure(error)
            }
        }
        try found.get()
        guard headLength(connection.head) <= headBytes else { throw .headTooLarge }
    }

    private static let pathPrefix = Array("/_aws/execute-api/".utf8)

    private static func match(
        _ x: Exchange, _ bytes: UnsafeRawBufferPointer, _ head: RequestHead
    ) throws(Refusal) {
        // `OPTIONS *` asks the server itself, not one of its paths (RFC 9112 section 3.2.4).
        guard bytes[Int(head.path.start)] == UInt8(ascii: "/") else { throw .notFound }
        let host = UnsafeRawBufferPointer(rebasing: bytes[head.host.range])
        if let label = apiLabel(host) {
            guard let api = x.worker.snapshot.api(UnsafeRawBufferPointer(rebasing: host[..<label])) else {
                throw .notFound
            }
            try selectStage(x, api, bytes, head.path)
        } else {
            try selectByPath(x, bytes, head.path)
        }
        guard let stage = x.stage, !stage.isEndpointDisabled else { throw .notFound }
        if stage.cors != nil, head.method == .options, head.contains(.origin),
            head.contains(.accessControlRequestMethod)
        {
            return
        }
        let path = UnsafeRawBufferPointer(rebasing: bytes[x.routedPath.range])
        guard let index = stage.router.match(path, head.method, &x.bindings) else { throw .notFound }
        x.route = stage.routes[index]
    }

    /// The length of `{apiId}` in a host of the form `{apiId}.execute-api.{anything}`.
    private static func apiLabel(_ host: UnsafeRawBufferPointer) -> Int? {
        guard let dot = host.firstIndex(of: UInt8(ascii: ".")), dot > 0 else { return nil }
        let rest = UnsafeRawBufferPointer(rebasing: host[(dot + 1)...])
        guard rest.count > 12,
            ASCII.equalsIgnoringCase(UnsafeRawBufferPointer(rebasing: rest[..<12]), "execute-api.")
        else { return nil }
        return dot
    }

    /// The first segment names a stage, which is removed before routing; otherwise the default stage serves.
    private static func selectStage(
        _ x: Exchange, _ api: CompiledAPI, _ bytes: UnsafeRawBufferPointer, _ path: RequestHead.Span
    ) throws(Refusal) {
        let whole = UnsafeRawBufferPointer(rebasing: bytes[path.range])
        let end = segmentEnd(whole, 1)
        x.fullPath = path
        if end > 1, let stage = api.stage(UnsafeRawBufferPointer(rebasing: whole[1..<end])) {
            x.stage = stage
            x.routedPath = .init(Int(path.start) + end, Int(path.end))
        } else if let stage = api.defaultStage {
            x.stage = stage
            x.routedPath = path
        } else {
            throw .notFound
        }
    }

    /// `/_aws/execute-api/{apiId}/{stage}/…`; the default stage is written `$default` or `%24default`.
    private static func selectByPath(
        _ x: Exchange, _ bytes: UnsafeRawBufferPointer, _ path: RequestHead.Span
    ) throws(Refusal) {
        let whole = UnsafeRawBufferPointer(rebasing: bytes[path.range])
        guard whole.starts(with: pathPrefix) else { throw .notFound }
        let idEnd = segmentEnd(whole, pathPrefix.count)
        guard idEnd < whole.count,
            let api = x.worker.snapshot.api(UnsafeRawBufferPointer(rebasing: whole[pathPrefix.count..<idEnd]))
        else { throw .notFound }
        let stageEnd = segmentEnd(whole, idEnd + 1)
        let name = UnsafeRawBufferPointer(rebasing: whole[(idEnd + 1)..<stageEnd])
        x.isCalledByPath = true
        let start = Int(path.start)
        x.routedPath = .init(start + stageEnd, Int(path.end))
        if let stage = api.stage(name) {
            x.stage = stage
            x.fullPath = .init(start + idEnd, Int(path.end))
        } else if name.elementsEqual("$default".utf8) || name.elementsEqual("%24default".utf8) {
            x.stage = api.defaultStage
            x.fullPath = x.routedPath
        }
    }

    private static func segmentEnd(_ path: UnsafeRawBufferPointer, _ start: Int) -> Int {
        var end = min(start, path.count)
        while end < path.count, path[end] != UInt8(ascii: "/") { end += 1 }
        return end
    }

    private static func headLength(_ head: RequestHead) -> Int {
        var length = head.fields.first.map { Int($0.name.start) } ?? 0
        for field in head.fields { length += field.value.count }
        return length
    }
}
