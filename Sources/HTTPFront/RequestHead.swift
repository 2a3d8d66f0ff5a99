package import NIOCore

/// A request's head: its bytes, and where in them everything is. No strings are made.
///
/// One object per connection, filled anew for each request: who holds it reads whatever request is current.
package final class RequestHead {
    /// The bytes of the head, request line first, ending with the empty line.
    package internal(set) var bytes = ByteBuffer()
    package internal(set) var method = Method.other
    package internal(set) var methodRange = Span()
    /// Path and query as sent; for the absolute form, what follows the authority, which may be nothing.
    package internal(set) var target = Span()
    /// The part of the target before `?`.
    package internal(set) var path = Span()
    /// The part after `?`; empty when there is none.
    package internal(set) var query = Span()
    package internal(set) var fields: [HeaderField] = []
    /// The authority: of the absolute form, else the Host field.
    package internal(set) var host = Span()
    package internal(set) var isHTTP10 = false
    package internal(set) var keepsAlive = true
    package internal(set) var expectsContinue = false
    /// The method is CONNECT, and the target is `host`, an authority.
    package internal(set) var isTunnel = false
    /// Elsewhere CONNECT is refused.
    var takesTunnels = false
    package internal(set) var body = BodyFraming.none

    package init() {}

    package enum Method: UInt8, Sendable {
        case get, head, options, patch, post, put, delete, other

        package init(_ name: UnsafeRawBufferPointer) {
            func `is`(_ literal: StaticString) -> Bool { ASCII.equals(name, literal) }
            switch name.count {
            case 3: self = `is`("GET") ? .get : `is`("PUT") ? .put : .other
            case 4: self = `is`("POST") ? .post : `is`("HEAD") ? .head : .other
            case 5: self = `is`("PATCH") ? .patch : .other
            case 6: self = `is`("DELETE") ? .delete : .other
            case 7: self = `is`("OPTIONS") ? .options : .other
            default: self = .other
            }
        }
    }

    package enum BodyFraming: Equatable, Sendable {
        case none
        case length(Int)
        case chunked
    }

    /// A range of bytes, half the size of `Range<Int>`.
    package struct Span: Sendable, Equatable {
        package var start: UInt32 = 0
        package var end: UInt32 = 0

        package init() {}

        package init(_ start: Int, _ end: Int) {
            self.start = UInt32(truncatingIfNeeded: start)
            self.end = UInt32(truncatingIfNeeded: end)
        }

        package var isEmpty: Bool { start == end }
        package var count: Int { Int(end) - Int(start) }
        package var range: Range<Int> { Int(start)..<Int(end) }
    }

    /// The value of the first field of that name.
    package func first(_ name: HeaderName) -> Span? {
        for field in fields where field.known == name { return field.value }
        return nil
    }

    /// The values of a name that is rarely asked for: compared in full, in any case.
    package func values(of name: StaticString) -> [Span] {
        withBytes { bytes in
            fields.lazy.filter { field in
                ASCII.equalsIgnoringCase(UnsafeRawBufferPointer(rebasing: bytes[field.name.range]), name)
            }.map(\.value)
        }
    }

    /// The value of the only field of such a name; nil when there are several.
    package func single(_ name: StaticString) -> Span? {
        let values = values(of: name)
        return values.count == 1 ? values[0] : nil
    }

    /// Has the request go on under the method that `X-HTTP-Method-Override` names, if it names one. HEAD is none: whether
    /// an answer has a body is settled with the client.
    package func overrideMethod() {
        guard let name = first(.methodOverride), method != .head else { return }
        let named = withBytes { Method(UnsafeRawBufferPointer(rebasing: $0[name.range])) }
        guard named != .other, named != .head else { return }
        method = named
        methodRange = name
    }

    package func contains(_ name: HeaderName) -> Bool { first(name) != nil }

    /// The bytes, for reading several parts at once.
    @inline(__always)
    package func withBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R { bytes.withUnsafeReadableBytes(body) }

    package func string(_ span: Span) -> String {
        withBytes { String(decoding: UnsafeRawBufferPointer(rebasing: $0[span.range]), as: UTF8.self) }
    }
}

package struct HeaderField: Sendable {
    package var name: RequestHead.Span
    package var value: RequestHead.Span
    package var known: HeaderName
}
