import HTTPFront

/// `.` and `..` in a path that leads to an origin.
///
/// An origin resolves them (RFC 3986 section 5.2.4) and so would answer for another path than the one that a route was
/// selected by: `/files/../secret`, or, once decoded, `/files/%2e%2e/secret`. nginx resolves them before it looks for a
/// location and refuses what leaves the root. What AWS does is unknown; here such a request is refused. Functions get
/// the path as it is.
enum DotSegments {
    /// Whether the origin's path would hold some that came with the request.
    static func areForwarded(_ x: Exchange, _ integration: HTTPIntegration) -> Bool {
        if integration.forwardsPath,
            x.withPath({ stand(in: UnsafeRawBufferPointer(rebasing: $0[x.routedPath.range])) }) == true
        {
            return true
        }
        guard let path = integration.requestMapping?.path else { return false }
        let values = MappingValues(x: x)
        return path.parts.contains { part in
            if case .text = part { return false }
            return values.value(part)?.withUnsafeBytes { stand(in: $0) } ?? false
        }
    }

    /// Whether a segment of `path` is `.` or `..`.
    static func stand(in path: UnsafeRawBufferPointer) -> Bool {
        var dots = 0
        var isDots = true
        for byte in path {
            switch byte {
            case UInt8(ascii: "/"):
                if isDots, dots == 1 || dots == 2 { return true }
                dots = 0
                isDots = true
            case UInt8(ascii: "."): dots += 1
            default: isDots = false
            }
        }
        return isDots && (dots == 1 || dots == 2)
    }
}
