import GatewayModel
import HTTPFront
import NIOCore

/// What stands behind the stage in a request about clients who are connected: `@connections/ID`, and, beyond AWS,
/// `@connections/ID/groups/GROUP` and `@connections/groups/GROUP`.
struct Callback {
    enum Target {
        case client
        case membership(group: String)
        case group(String)
    }

    let target: Target
    /// Decoded, as policies name it; the id of a client is the second segment.
    private let segments: [[UInt8]]

    /// The `@` may be sent as `%40`, and an id's `=` as `%3D`.
    init(_ path: UnsafeRawBufferPointer, _ x: Exchange) throws(Refusal) {
        var segments = path.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map {
            segment in
            var decoded: [UInt8] = []
            PercentCoding.decode(UnsafeRawBufferPointer(rebasing: segment), into: &decoded)
            return decoded
        }
        guard segments.first?.elementsEqual("@connections".utf8) == true else { throw .forbidden }
        // The SDKs' call for one connection reaches a group by the id `groups/GROUP`, whose slash they escape.
        let prefix = Array("groups/".utf8)
        if segments.count == 2, segments[1].starts(with: prefix) {
            segments[1...] = [Array("groups".utf8), Array(segments[1].dropFirst(prefix.count))]
        }
        func isGroups(_ position: Int) -> Bool { segments[position].elementsEqual("groups".utf8) }
        switch segments.count {
        case 2: target = .client
        // What is no UTF-8 is no name: repaired, different ones would be the same.
        case 3 where isGroups(1): target = .group(String(validating: segments[2], as: UTF8.self) ?? "")
        case 4 where isGroups(2): target = .membership(group: String(validating: segments[3], as: UTF8.self) ?? "")
        default: throw .forbidden
        }
        self.segments = segments
    }

    /// Of the client; nil when it has not the form of one, or when a group is asked about.
    var id: ConnectionId? { ConnectionId(segments[1]) }
    var idText: String { String(decoding: segments[1], as: UTF8.self) }

    /// `POST/@connections/ID`
    func appendARN(_ x: Exchange, to arn: inout [UInt8]) {
        _ = x.withHead { bytes, head in arn.append(contentsOf: bytes[head.methodRange.range]) }
        for segment in segments {
            arn.append(UInt8(ascii: "/"))
            arn.append(contentsOf: segment)
        }
    }
}
