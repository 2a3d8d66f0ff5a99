import IAMPolicy
import JSON
import NIOCore

/// Why what an authorizer's function says is no answer, or what it says instead of one.
enum AuthorizerFault: Error {
    /// It says that it does not know who asks.
    case unauthorized
    /// It failed. In words for people.
    case failed(String)
    /// What it says is no answer; with AWS's words for it.
    case malformed(String, log: String)
}

/// The answer of an authorizer's function, read and checked. Source: Developer Guide, api-gateway-lambda-authorizer-output
/// and http-api-lambda-authorizer.
struct AuthorizerAnswer {
    private(set) var principalId: [UInt8] = []
    private(set) var context: [UInt8]?
    private(set) var usageKey: [UInt8]?
    /// Of a simple response.
    private(set) var isAuthorized: Bool?
    private(set) var policy: JSONValue = .null

    /// A longer one is refused: its policy is asked for every request. AWS names no limit, and is said to take answers of
    /// the size that Lambda gives; policies of IAM itself have at most 6,144 characters.
    static let maximumBytes = 65_536
    /// AWS: characters of a resource in a policy that an authorizer answers.
    static let resourceLength = 512

    init(_ payload: ByteBuffer, _ form: FunctionGate.Form) throws(AuthorizerFault) {
        guard payload.readableBytes <= Self.maximumBytes else {
            throw Self.unparsed("an answer of \(payload.readableBytes) bytes, of which \(Self.maximumBytes) are read")
        }
        guard let value = try? JSONValue(parsing: Array(payload.readableBytesView)), value.object != nil else {
            throw Self.unparsed("what is no JSON object")
        }
        // A function of HTTP APIs may say so without failing.
        if !form.isREST, value["errorMessage"] == "Unauthorized" { throw .unauthorized }
        try readContext(value["context"], form)
        if form == .simple {
            guard let isAuthorized = value["isAuthorized"]?.bool else {
                throw Self.unparsed("no isAuthorized of true or false")
            }
            self.isAuthorized = isAuthorized
            return
        }
        guard let principal = value["principalId"]?.string, !principal.isEmpty else {
            throw Self.unparsed("no principalId")
        }
        guard let document = value["policyDocument"] else { throw Self.unparsed("no policyDocument") }
        principalId = Array(principal.utf8)
        policy = document
        switch value["usageIdentifierKey"] {
        case nil, .null: break
        case .string(let key): usageKey = key.isEmpty ? nil : Array(key.utf8)
        default: throw Self.unparsed("a usageIdentifierKey that is no text")
        }
    }

    private static func unparsed(_ what: String) -> AuthorizerFault {
        .malformed("answered \(what)", log: "Could not parse policy")
    }

    /// REST APIs take texts, numbers and booleans, and pass all of them on as texts; HTTP APIs take every value, and
    /// pass it on as it is.
    private mutating func readContext(_ value: JSONValue?, _ form: FunctionGate.Form) throws(AuthorizerFault) {
        guard let value, !value.isNull else { return }
        guard let object = value.object else { throw Self.unparsed("a context that is no object") }
        var members: [(String, JSONValue)] = []
        // Where the principal stands beside the context's members, none of them takes its place.
        let reserved = form == .simple ? [] : ["principalId", "integrationLatency"]
        for (name, value) in object.members where !reserved.contains(name) {
            guard form.isREST else {
                members.append((name, value))
                continue
            }
            switch value {
            case .string: members.append((name, value))
            case .number(let text): members.append((name, .string(text)))
            case .bool(let flag): members.append((name, .string(flag ? "true" : "false")))
            case .null: continue
            case .array, .object:
                throw Self.unparsed("a context whose \(name) is neither a text, a number nor a boolean")
            }
        }
        let text = JSONValue.object(JSONObject(members)).bytes
        context = Array(text.dropFirst().dropLast())
    }

    /// Checks the policy.
    func document() throws(AuthorizerFault) -> PolicyDocument {
        for statement in policy["Statement"]?.array ?? [policy["Statement"] ?? .null] {
            for resources in [statement["Resource"], statement["NotResource"]] {
                let texts = resources?.array ?? [resources ?? .null]
                guard texts.allSatisfy({ ($0.string ?? "").unicodeScalars.count <= Self.resourceLength }) else {
                    throw Self.unparsed("a policy with a resource of more than \(Self.resourceLength) characters")
                }
            }
        }
        do throws(PolicyError) { return try PolicyDocument(policy, kind: .identity) } catch {
            throw .malformed(
                "answered what is no policy: \(error.message)", log: "Invalid policy document: \(error.message)")
        }
    }

    /// What a function that failed says of it.
    static func fault(_ payload: ByteBuffer) -> AuthorizerFault {
        guard payload.readableBytes <= maximumBytes else { return .failed("with an error of more than 64 KB") }
        if RESTFunctionAnswer.errorMessage(payload) == "Unauthorized" { return .unauthorized }
        // Its beginning says what happened.
        return .failed(String(decoding: payload.readableBytesView.prefix(1_024), as: UTF8.self))
    }
}
