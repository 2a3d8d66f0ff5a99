import GatewayModel
import HTTPFront
import JSON
import NIOCore

/// An HTTP proxy integration of one route: where it leads and what is changed on the way.
final class HTTPIntegration: Sendable {
    enum Part: Sendable, Equatable {
        case text([UInt8])
        /// The route's path variable of that index.
        case variable(Int)
    }

    /// nil when the host itself holds a path variable.
    let origin: Origin?
    let isTLS: Bool
    let checksChain: Bool
    let authority: [Part]
    let path: [Part]
    let query: [Part]
    /// The client's method is kept when nil.
    let method: [UInt8]?
    /// The same, if it is one that the gateway knows.
    let knownMethod: RequestHead.Method?
    let timeoutMilliseconds: Int
    /// The default route appends the request's path to the URI (http-api-develop-routes).
    let appendsPath: Bool
    /// Behind a VPC link of an HTTP API: the path has its stage, and the host is the API's.
    let isPrivate: Bool
    /// What stands for a variable without a value: its name as it is written. By the variable's index.
    let unfilled: [[UInt8]]
    /// Whether the URI has `{…}`, be it a variable of this route or not.
    private let namesVariables: Bool
    let requestMapping: RequestMapping?
    let responseMapping: ResponseMapping?
    /// nil for what is no AWS service.
    let service: CalledService?
    /// `Host: …` and the fields that every request gets, ready to be written.
    let fixedFields: [UInt8]

    /// Of an HTTP API's route.
    convenience init(
        _ integration: V2.Integration?, routeKey: RouteKey, variables: [[UInt8]], stageVariables: OrderedMap<String>,
        link: PrivateConnection? = nil, origins: Origins
    ) throws(CompileError) {
        let written = link?.uri(integration?.tlsConfig) ?? integration?.integrationUri ?? ""
        guard let uri = StageVariables.substitute(written, stageVariables) else {
            throw CompileError(message: "The integration URI \(written) names a stage variable that is not defined.")
        }
        let names = variables.map { String(decoding: $0, as: UTF8.self) }
        try self.init(
            uri: uri, method: integration?.integrationMethod,
            timeoutMilliseconds: integration?.timeoutInMillis ?? CallLimits.aws.httpTimeout.upperBound,
            appendsPath: routeKey == .default || link != nil, variables: variables,
            requestMapping: RequestMapping(integration?.requestParameters, variables: names, stageVariables),
            responseMapping: ResponseMapping(integration?.responseParameters, variables: names, stageVariables),
            link: link, origins: origins)
    }

    /// - Parameters:
    ///   - uri: with its stage variables filled in.
    ///   - method: nil or `ANY`: the client's.
    ///   - variables: the names that `{…}` in the URI may have.
    ///   - link: where the connection goes instead of the URI's host, which the origin is still told.
    ///   - checksChain: whether an origin's certificate has to come from an authority that is trusted.
    init(
        uri: String, method: String?, timeoutMilliseconds: Int, appendsPath: Bool, variables: [[UInt8]],
        requestMapping: RequestMapping? = nil, responseMapping: ResponseMapping? = nil,
        service: CalledService? = nil, link: PrivateConnection? = nil, checksChain: Bool = true, origins: Origins
    ) throws(CompileError) {
        let lower = uri.lowercased()
        guard lower.hasPrefix("http://") || lower.hasPrefix("https://") else {
            throw CompileError(message: "The integration URI \(uri) must begin with http:// or https://.")
        }
        isTLS = lower.hasPrefix("https://")
        let rest = uri.dropFirst(isTLS ? 8 : 7).prefix { $0 != "#" }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let afterAuthority = rest[authority.endIndex...]
        let path = afterAuthority.prefix { $0 != "?" }
        let query = afterAuthority[path.endIndex...].dropFirst()
        let fixed = Self.parts(authority, variables, isPath: false).allSatisfy { part in
            if case .text(let text) = part { text.allSatisfy(ASCII.isHostByte) } else { true }
        }
        guard !authority.isEmpty, fixed else {
            throw CompileError(message: "The integration URI \(uri) has no usable host.")
        }
        self.authority = Self.parts(authority, variables, isPath: false)
        self.path = Self.parts(path.isEmpty ? "/" : path, variables, isPath: true)
        self.query = Self.parts(query, variables, isPath: true)
        let isFixed = self.authority.allSatisfy { if case .text = $0 { true } else { false } }
        let key = isFixed ? Self.origin(String(authority), isTLS: isTLS, checksChain: checksChain) : nil
        guard key != nil || !isFixed, key != nil || link == nil || !isTLS else {
            throw CompileError(message: "The integration URI \(uri) has no usable host.")
        }
        if let link {
            origin = origins.origin(Origin.Key(host: link.target.host, port: link.target.port, tls: key?.tls))
        } else {
            origin = key.map(origins.origin)
        }
        isPrivate = link?.isOfHTTPAPI == true
        self.checksChain = checksChain
        let named: [UInt8]? = method == nil || method == "ANY" ? nil : method.map { Array($0.utf8) }
        self.method = named
        knownMethod = named?.withUnsafeBytes(RequestHead.Method.init)
        self.timeoutMilliseconds = timeoutMilliseconds
        self.appendsPath = appendsPath
        namesVariables = uri.contains("{")
        unfilled = variables.map { Self.escaped([UInt8(ascii: "{")] + $0 + [UInt8(ascii: "}")]) }
        self.requestMapping = requestMapping
        self.responseMapping = responseMapping
        self.service = service
        fixedFields =
            (origin == nil || isPrivate ? [] : Array("Host: \(authority)\r\n".utf8))
            + Array("Via: HTTP/1.1 AmazonAPIGateway\r\n".utf8)
    }

    /// Whether the request's path, or a part of it, becomes part of the URI.
    var forwardsPath: Bool { appendsPath || namesVariables }

    /// Then the path is known only when the body is here.
    var mapsPathFromBody: Bool { requestMapping?.path?.needsRequestBody == true }

    /// Whether nothing in it depends on the route: then all routes of an integration share one object, and a request
    /// finds it in the cache whatever route it takes.
    var isShareable: Bool {
        requestMapping == nil && responseMapping == nil && !appendsPath && !namesVariables
    }

    /// `host`, `host:port`, `[v6]:port`.
    static func origin(_ authority: String, isTLS: Bool, checksChain: Bool = true) -> Origin.Key? {
        var host = Substring(authority)
        var port = isTLS ? 443 : 80
        if let colon = authority.lastIndex(of: ":"), authority[colon...].firstIndex(of: "]") == nil {
            guard let number = Int(authority[authority.index(after: colon)...]), (1...65535).contains(number) else {
                return nil
            }
            port = number
            host = authority[..<colon]
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty else { return nil }
        let name = host.lowercased()
        return Origin.Key(host: name, port: port, tls: isTLS ? TLSProfile(host: name, checksChain: checksChain) : nil)
    }

    /// Cuts `…/{name}/…` into text and variables. `{name}` that the route does not have stays text, encoded.
    static func parts(_ text: some StringProtocol, _ variables: [[UInt8]], isPath: Bool) -> [Part] {
        var parts: [Part] = []
        var literal: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let open = rest.firstIndex(of: UInt8(ascii: "{")),
            let close = rest[open...].firstIndex(of: UInt8(ascii: "}"))
        {
            var name = rest[(open + 1)..<close]
            if name.last == UInt8(ascii: "+") { name = name.dropLast() }
            literal.append(contentsOf: rest[..<open])
            if let index = variables.firstIndex(where: { $0.elementsEqual(name) }) {
                if !literal.isEmpty { parts.append(.text(literal)) }
                literal = []
                parts.append(.variable(index))
            } else {
                literal.append(contentsOf: rest[open...close])
            }
            rest = rest[(close + 1)...]
        }
        literal.append(contentsOf: rest)
        if isPath { literal = escaped(literal) }
        if !literal.isEmpty { parts.append(.text(literal)) }
        return parts
    }

    /// The names of `{…}` in a URI of a REST API.
    static func names(in uri: String) -> [[UInt8]] {
        var names: [[UInt8]] = []
        var rest = Array(uri.utf8)[...]
        while let open = rest.firstIndex(of: UInt8(ascii: "{")),
            let close = rest[open...].firstIndex(of: UInt8(ascii: "}"))
        {
            // `${stageVariables.name}` is filled in when the stage is compiled.
            let isVariable = open > rest.startIndex && rest[open - 1] == UInt8(ascii: "$")
            var name = Array(rest[(open + 1)..<close])
            if name.last == UInt8(ascii: "+") { name.removeLast() }
            if !isVariable, !names.contains(name) { names.append(name) }
            rest = rest[(close + 1)...]
        }
        return names
    }

    /// Escapes what may not stand in a request target at all; what is escaped already stays so.
    private static func escaped(_ bytes: [UInt8]) -> [UInt8] {
        var output = ByteBuffer()
        for byte in bytes {
            switch byte {
            case 0...0x20, 0x7F..., UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "\""), UInt8(ascii: "<"),
                UInt8(ascii: ">"):
                PercentCoding.writeQueryValue(CollectionOfOne(byte), to: &output)
            default: output.writeInteger(byte)
            }
        }
        return Array(output.readableBytesView)
    }
}
