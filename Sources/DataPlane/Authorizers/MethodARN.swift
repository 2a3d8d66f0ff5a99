import HTTPFront

/// The ARN of what a request asks for, as policies name it: `…:API/STAGE/GET/pets/7`, with the path that was matched.
enum MethodARN {
    /// AWS quota: bytes of a method's ARN. A longer one is answered with 414.
    static let limit = 1_600

    /// The path counts as it is matched (AWS's way is unknown).
    static func check(_ x: Exchange) throws(Refusal) {
        guard let stage = x.stage, let head = x.connection?.head,
            stage.methodARNPrefix.count + head.methodRange.count + max(1, x.routedPath.count) > limit
        else { return }
        x.reason = "was called by a path whose ARN has more than \(limit) bytes"
        throw .pathTooLong
    }

    /// The ARN with the path's escapes decoded, of a REST API, whose paths are matched as they are sent; nil where there
    /// are none. An origin or a function may well decode them, and must not be reached past a Deny.
    static func decoded(_ x: Exchange) -> [UInt8]? {
        guard x.apiKind == .rest, let stage = x.stage else { return nil }
        let arn = x.worker.methodARN
        let path = arn.dropFirst(stage.methodARNPrefix.count)
        guard path.contains(UInt8(ascii: "%")) else { return nil }
        var decoded = stage.methodARNPrefix
        path.withUnsafeBytes { PercentCoding.decode($0, into: &decoded) }
        return decoded
    }

    /// Writes it where the loop keeps it (`LoopWorker.methodARN`).
    static func write(_ x: Exchange) throws(Refusal) {
        try check(x)
        let worker = x.worker
        worker.methodARN.removeAll(keepingCapacity: true)
        guard let stage = x.stage else { return }
        worker.methodARN.append(contentsOf: stage.methodARNPrefix)
        _ = x.withHead { bytes, head in worker.methodARN.append(contentsOf: bytes[head.methodRange.range]) }
        let isREST = x.apiKind == .rest
        _ = x.withPath { bytes in
            var path = UnsafeRawBufferPointer(rebasing: bytes[x.routedPath.range])
            // As REST's router has it: a slash more at the end asks for the same, and must not pass by a Deny.
            while isREST, path.count > 1, path.last == UInt8(ascii: "/") {
                path = UnsafeRawBufferPointer(rebasing: path.dropLast())
            }
            if path.isEmpty { worker.methodARN.append(UInt8(ascii: "/")) }
            worker.methodARN.append(contentsOf: path)
        }
    }
}
