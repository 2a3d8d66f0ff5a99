import HTTPFront
import IAMPolicy

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

    /// What policies are asked. Writes the ARN.
    ///
    /// - Parameter action: nil: the call itself.
    static func request(
        _ x: Exchange, by principal: PolicyPrincipal, action: String? = nil
    ) throws(Refusal) -> PolicyRequest {
        try write(x)
        let (arn, other) = (x.worker.methodARN, otherwise(x))
        guard let action else { return PolicyRequest(invoking: arn, otherwise: other, principal: principal) }
        return PolicyRequest(action: action, resource: arn, otherwise: other, principal: principal)
    }

    /// The ARN of a REST API with the path's escapes decoded and each run of slashes one, as routes are found and as an
    /// origin or a function may read it: nobody gets past a Deny by another spelling. nil where it is the same.
    private static func otherwise(_ x: Exchange) -> [UInt8]? {
        guard x.apiKind == .rest, let stage = x.stage else { return nil }
        let arn = x.worker.methodARN
        let path = arn.dropFirst(stage.methodARNPrefix.count)
        guard zip(path, path.dropFirst()).contains(where: { $0 == slash && $1 == slash }) || path.contains(percent)
        else {
            return nil
        }
        var decoded = stage.methodARNPrefix
        path.withUnsafeBytes { PercentCoding.decode($0, into: &decoded) }
        var otherwise: [UInt8] = []
        otherwise.reserveCapacity(decoded.count)
        for byte in decoded where byte != slash || otherwise.last != slash { otherwise.append(byte) }
        return otherwise
    }

    private static let slash = UInt8(ascii: "/")
    private static let percent = UInt8(ascii: "%")

    /// Writes it where the loop keeps it (`LoopWorker.methodARN`).
    static func write(_ x: Exchange) throws(Refusal) {
        try check(x)
        let worker = x.worker
        worker.methodARN.removeAll(keepingCapacity: true)
        guard let stage = x.stage else { return }
        worker.methodARN.append(contentsOf: stage.methodARNPrefix)
        guard x.apiKind != .webSocket else { return x.appendWebSocketARN(to: &worker.methodARN) }
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
