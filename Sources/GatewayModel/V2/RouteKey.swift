/// The parsed form of a route key: `$default`, or a method and a path template.
///
/// Grammar: docs/http-api-develop-routes of the API Gateway Developer Guide.
package enum RouteKey: Sendable, Hashable {
    case `default`
    case path(method: Method, segments: [Segment])

    package enum Method: String, Sendable, CaseIterable {
        case any = "ANY"
        case get = "GET"
        case head = "HEAD"
        case options = "OPTIONS"
        case patch = "PATCH"
        case post = "POST"
        case put = "PUT"
        case delete = "DELETE"
    }

    package enum Segment: Sendable, Hashable {
        case literal(String)
        /// `{name}`: one whole segment.
        case variable(String)
        /// `{name+}`: the rest of the path, only as the last segment.
        case greedy(String)
    }

    /// Parses `$default` or `GET /pets/{id}`; nil when AWS would refuse the key.
    package init?(_ text: String) {
        if text == "$default" {
            self = .default
            return
        }
        let parts = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let method = Method(rawValue: String(parts[0])), parts[1].first == "/" else {
            return nil
        }
        guard let segments = Self.segments(of: parts[1]) else { return nil }
        self = .path(method: method, segments: segments)
    }

    /// The segments of `/a/{b}/{c+}`; `/` has none. A trailing slash is a last, empty literal.
    package static func segments(of path: some StringProtocol) -> [Segment]? {
        guard path.first == "/" else { return nil }
        if path.utf8.count == 1 { return [] }
        let parts = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        var segments: [Segment] = []
        segments.reserveCapacity(parts.count)
        for (position, part) in parts.enumerated() {
            guard let segment = Segment(String(part)) else { return nil }
            if case .greedy = segment, position != parts.count - 1 { return nil }
            segments.append(segment)
        }
        return segments
    }
}

extension RouteKey.Segment {
    init?(_ text: String) {
        if text.hasPrefix("{") {
            guard text.hasSuffix("}") else { return nil }
            var name = text.dropFirst().dropLast()
            let isGreedy = name.last == "+"
            if isGreedy { name = name.dropLast() }
            guard !name.isEmpty, name.utf8.allSatisfy(Self.isNameByte) else { return nil }
            self = isGreedy ? .greedy(String(name)) : .variable(String(name))
        } else {
            guard text.utf8.allSatisfy(Self.isLiteralByte) else { return nil }
            self = .literal(text)
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: ":"),
            UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// AWS's own test tool allows letters, digits and `._:-`; the service also takes the rest of RFC 3986's `pchar`.
    private static func isLiteralByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "?"), UInt8(ascii: "#"), UInt8(ascii: "\""),
            UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\\"), UInt8(ascii: "^"), UInt8(ascii: "`"),
            UInt8(ascii: "|"):
            false
        default: byte > 0x20 && byte < 0x7F
        }
    }
}

extension RouteKey: CustomStringConvertible {
    package var description: String {
        switch self {
        case .default: "$default"
        case .path(let method, _): "\(method.rawValue) \(path)"
        }
    }

    /// The path template; empty for `$default`.
    package var path: String {
        guard case .path(_, let segments) = self else { return "" }
        return "/"
            + segments.map { segment in
                switch segment {
                case .literal(let text): text
                case .variable(let name): "{\(name)}"
                case .greedy(let name): "{\(name)+}"
                }
            }.joined(separator: "/")
    }
}
