/// Where the front takes what llhttp does not, on purpose.
enum AllowedDifference: CaseIterable {
    /// The front takes any token (RFC 9110 section 9.1); llhttp knows a list.
    case unknownMethod
    /// The front reads HTTP/1.2 and above as HTTP/1.1 (RFC 9110 section 2.5); llhttp knows 1.0 and 1.1.
    case higherMinorVersion
    /// The front takes spaces and tabs behind a length (RFC 9110 section 5.6.3); llhttp takes spaces only.
    case tabBehindLength
    /// The front skips an extension of a chunk as any text without control characters; llhttp reads its grammar,
    /// without the white space that RFC 9112 section 7.1.1 allows.
    case chunkExtension
    /// A trailer that looks like framing is dropped like any other; llhttp lets it change what follows.
    case trailerLikeFraming
    /// The front reads Connection alone (RFC 9112 appendix C.2.2); llhttp takes Proxy-Connection for the same.
    case proxyConnection
    /// The front never changes protocols, so a request to do so is like any other; llhttp ends there.
    case upgrade

    /// What llhttp may see otherwise in this request, or behind it.
    static func of(_ request: DecodedRequest) -> AllowedDifference? {
        if !methods.contains(request.method) { return .unknownMethod }
        if request.minorVersion > 1 { return .higherMinorVersion }
        if request.hasTabBehindLength { return .tabBehindLength }
        if request.chunkLines.contains(where: { $0.isSize && $0.text.contains(";") }) { return .chunkExtension }
        if request.chunkLines.contains(where: { !$0.isSize && looksLikeFraming($0.text) }) {
            return .trailerLikeFraming
        }
        let names = request.fields.map { $0.name.lowercased() }
        if names.contains("proxy-connection") { return .proxyConnection }
        return names.contains("upgrade") ? .upgrade : nil
    }

    private static func looksLikeFraming(_ trailer: String) -> Bool {
        let name = trailer.prefix { $0 != ":" }.lowercased()
        return ["content-length", "transfer-encoding", "connection", "proxy-connection", "upgrade"].contains(name)
    }

    /// The methods of HTTP that llhttp knows.
    private static let methods: Set = [
        "DELETE", "GET", "HEAD", "POST", "PUT", "OPTIONS", "TRACE", "COPY", "LOCK", "MKCOL", "MOVE", "PROPFIND",
        "PROPPATCH", "SEARCH", "UNLOCK", "BIND", "REBIND", "UNBIND", "ACL", "REPORT", "MKACTIVITY", "CHECKOUT", "MERGE",
        "NOTIFY", "SUBSCRIBE", "UNSUBSCRIBE", "PATCH", "PURGE", "MKCALENDAR", "LINK", "UNLINK", "SOURCE",
        "QUERY",
    ]
}

/// The lines of a chunked body that are no data.
struct ChunkLine: Equatable {
    var isSize: Bool
    var text: String

    /// `raw` is a body, or its beginning, that the front has taken.
    static func lines(of raw: some Sequence<UInt8>) -> [ChunkLine] {
        var rest = Array(raw)[...]
        var lines: [ChunkLine] = []
        var isTrailer = false
        while let feed = rest.firstIndex(of: 0x0A) {
            let text = rest[..<feed].latin1
            lines.append(ChunkLine(isSize: !isTrailer, text: text))
            rest = rest[(feed + 1)...]
            guard !isTrailer else { continue }
            let size = Int(text.prefix { $0.isHexDigit }, radix: 16) ?? 0
            isTrailer = size == 0
            if !isTrailer { rest = rest.dropFirst(size + 2) }
        }
        return lines
    }
}
