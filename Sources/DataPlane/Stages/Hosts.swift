import HTTPFront

/// Finds the API and its stage by host and path, before anything of their kind is known.
enum Hosts {
    /// Whether a request is a call of an API rather than of the management API.
    static func isAPICall(_ head: RequestHead) -> Bool {
        head.withBytes { bytes in
            apiLabel(UnsafeRawBufferPointer(rebasing: bytes[head.host.range])) != nil
                || UnsafeRawBufferPointer(rebasing: bytes[head.path.range]).starts(with: pathPrefix)
        }
    }

    /// Finds the stage by host and path; nothing is logged when there is none.
    static func find(_ x: Exchange) throws(Refusal) {
        guard let head = x.connection?.head else { return }
        let found: Result<Void, Refusal> = head.withBytes { bytes in
            do throws(Refusal) { return .success(try find(x, bytes, head)) } catch { return .failure(error) }
        }
        try found.get()
    }

    private static let pathPrefix = Array("/_aws/execute-api/".utf8)

    private static func find(
        _ x: Exchange, _ bytes: UnsafeRawBufferPointer, _ head: RequestHead
    ) throws(Refusal) {
        // `OPTIONS *` asks the server itself, not one of its paths (RFC 9112 section 3.2.4).
        guard bytes[Int(head.path.start)] == UInt8(ascii: "/") else { throw .notFound }
        let host = UnsafeRawBufferPointer(rebasing: bytes[head.host.range])
        if let label = apiLabel(host) {
            guard let api = x.worker.snapshot.api(UnsafeRawBufferPointer(rebasing: host[..<label])) else {
                throw .notFound
            }
            x.sentPath = head.path
            x.apiKind = api.kind
            guard api.kind == .http else { return try selectNamedStage(x, bytes, api) }
            decodePath(x, bytes)
            if !selectStage(x, api) { x.stage = api.defaultStage }
        } else {
            try selectByPath(x, bytes, head.path)
        }
        guard x.stage != nil else { throw .notFound }
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

    /// The path is decoded once, then matched: `%2F` separates segments, `%252F` is `%2F` within one (reported of AWS).
    /// A decoded `?` ends it (reported too); what follows is dropped.
    private static func decodePath(_ x: Exchange, _ bytes: UnsafeRawBufferPointer) {
        let sent = UnsafeRawBufferPointer(rebasing: bytes[x.sentPath.range])
        x.fullPath = x.sentPath
        if sent.contains(UInt8(ascii: "%")) {
            PercentCoding.decode(sent, into: &x.decodedPath)
            x.fullPath = .init(0, x.decodedPath.firstIndex(of: UInt8(ascii: "?")) ?? x.decodedPath.count)
        }
        x.routedPath = x.fullPath
    }

    /// The first segment may name a stage, which is removed before routing; true when it does.
    private static func selectStage(_ x: Exchange, _ api: CompiledAPI) -> Bool {
        let end: Int? =
            x.withPath { bytes in
                let path = UnsafeRawBufferPointer(rebasing: bytes[x.fullPath.range])
                let end = segmentEnd(path, 1)
                guard end > 1 else { return nil }
                x.stage = api.stage(UnsafeRawBufferPointer(rebasing: path[1..<end]))
                return end
            } ?? nil
        guard let end, x.stage != nil else { return false }
        x.routedPath.start += UInt32(end)
        return true
    }

    /// The first segment of a REST or WebSocket API's path names the stage, behind whatever slashes. Nothing is decoded
    /// (recorded).
    private static func selectNamedStage(
        _ x: Exchange, _ bytes: UnsafeRawBufferPointer, _ api: CompiledAPI
    ) throws(Refusal) {
        var start = Int(x.sentPath.start)
        let end = Int(x.sentPath.end)
        while start < end, bytes[start] == UInt8(ascii: "/") { start += 1 }
        let path = UnsafeRawBufferPointer(rebasing: bytes[..<end])
        let stageEnd = segmentEnd(path, start)
        x.stage = api.stage(UnsafeRawBufferPointer(rebasing: path[start..<stageEnd]))
        guard x.stage != nil else { throw .forbidden }
        // One slash stands before the stage, and one behind it, however many there were.
        x.fullPath = .init(max(start - 1, Int(x.sentPath.start)), end)
        var routed = stageEnd
        while routed + 1 < end, bytes[routed + 1] == UInt8(ascii: "/") { routed += 1 }
        x.routedPath = .init(routed, end)
        if api.kind == .webSocket {
            try WebSocketRouting.find(x, UnsafeRawBufferPointer(rebasing: bytes[routed..<end]))
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
        x.apiKind = api.kind
        if api.kind != .http {
            x.isCalledByPath = true
            x.sentPath = .init(Int(path.start) + idEnd, Int(path.end))
            return try selectNamedStage(x, bytes, api)
        }
        let stageEnd = segmentEnd(whole, idEnd + 1)
        let name = UnsafeRawBufferPointer(rebasing: whole[(idEnd + 1)..<stageEnd])
        let isDefault = name.elementsEqual("$default".utf8) || name.elementsEqual("%24default".utf8)
        x.isCalledByPath = true
        x.sentPath = .init(Int(path.start) + (isDefault ? stageEnd : idEnd), Int(path.end))
        decodePath(x, bytes)
        if isDefault { x.stage = api.defaultStage } else { _ = selectStage(x, api) }
    }

    private static func segmentEnd(_ path: UnsafeRawBufferPointer, _ start: Int) -> Int {
        var end = min(start, path.count)
        while end < path.count, path[end] != UInt8(ascii: "/") { end += 1 }
        return end
    }
}
