import Callers
import ControlPlane
import GatewayModel
import NIOCore
import NIOPosix
import ObjectStore

/// S3's operations without a socket, for stacks and for integrations: with content that is in memory.
struct ObjectEndpoint: Sendable {
    /// Bytes of content that are answered: more than a template (1 MB) or the document of an API (6 MB) may have, and as
    /// many as an integration may answer (AWS quota: 10 MB).
    private static let contentBytes = 10_485_760

    let controlPlane: ControlPlane
    let store: ObjectStore

    /// - Parameters:
    ///   - hostBucket: the bucket that the request's host names.
    ///   - cutsContent: whether content that is too long is cut behind its first byte too many, and not refused.
    func answer(_ request: WireRequest, _ hostBucket: String?, cutsContent: Bool = false) async -> WireResponse {
        let answer: WireResponse?
        do {
            answer = try await NIOThreadPool.singleton.runIfActive { respond(to: request, hostBucket, cutsContent) }
        } catch { answer = nil }
        return answer ?? WireResponse(.internalError("the server is about to end"))
    }

    private func respond(to request: WireRequest, _ hostBucket: String?, _ cutsContent: Bool) -> WireResponse {
        do throws(ObjectError) {
            let objectRequest = try ObjectRequest(
                method: request.method, path: request.path, query: request.query, headers: request.headers,
                hostBucket: hostBucket, isOwn: true)
            let operation = try ObjectOperation.find(objectRequest)
            try objectRequest.checkOwner(controlPlane.account)
            let call = ObjectCall(
                store: store, account: controlPlane.account, request: objectRequest,
                access: ObjectAccess(
                    controlPlane: controlPlane, caller: request.caller, facts: controlPlane.facts(of: request)),
                body: request.body, systemTags: request.systemTags)
            // What a bucket of a stack is tagged with alone, nobody needs a permission for.
            if operation.name != Tags.putBucketTagging || !Tags.areSystemTags(of: call) {
                try call.access.check(operation.permissions(objectRequest, call.account), call)
            }
            let answer = try run(operation, call)
            if !cutsContent, let content = answer.content, content.range.count > Self.contentBytes {
                throw ObjectError(
                    "EntityTooLarge", status: 400,
                    "The object has more than \(Self.contentBytes) bytes, which are read here.")
            }
            return try WireResponse(answer, upTo: Self.contentBytes + 1)
        } catch { return WireResponse(error) }
    }

    private func run(_ operation: ObjectOperation, _ call: ObjectCall) throws(ObjectError) -> ObjectAnswer {
        if case .form = operation.body {
            throw .notImplemented("Gatehouse takes forms that upload an object from its listener only.")
        }
        guard case .content(let receiving) = operation.body else {
            try ObjectService.check(call)
            return try operation.run(call)
        }
        let claims = try ContentClaims(call.request, contentLength: call.body.count)
        let content = ObjectContent(call, receiving, claims, nil)
        try content.begin()
        try content.append([ByteBuffer(bytes: call.body)])
        return try content.finish()
    }
}

extension WireResponse {
    fileprivate init(_ error: ObjectError) {
        self.init(head: ObjectAnswer(error))
    }

    fileprivate init(_ answer: ObjectAnswer, upTo limit: Int) throws(ObjectError) {
        self.init(head: answer)
        if let content = answer.content { body = try content.reader.bytes(in: content.range.prefix(limit)) }
    }

    private init(head answer: ObjectAnswer) {
        self.init(status: answer.status, headers: answer.headers, body: answer.body)
        headers += answer.ownHeaders
        if let length = answer.unsentLength { headers.append(("Content-Length", String(length))) }
    }
}

/// The buckets of a server, and those that a stack would make.
///
/// Operations on buckets are done, in a store that is in memory; objects are read where they are, if the caller may.
actor DraftObjects {
    private let endpoint: ObjectEndpoint
    /// Nil is the account itself.
    private let caller: Caller?
    private var draft: ObjectStore?

    init(_ endpoint: ObjectEndpoint, caller: Caller?) {
        self.endpoint = endpoint
        self.caller = caller
    }

    func answer(_ request: WireRequest, _ hostBucket: String?) async -> WireResponse {
        var request = request
        request.caller = caller
        request.isSecure = true
        let parts = request.path.split(separator: "/", maxSplits: 1)
        guard hostBucket == nil, parts.count == 1, let name = parts.first else {
            return await endpoint.answer(request, hostBucket)
        }
        do throws(ObjectError) {
            if draft == nil { draft = try endpoint.store.draft() }
            guard let store = draft else { return await endpoint.answer(request, nil) }
            // A bucket that is there is looked at once, and then only the draft's.
            try await copy(String(name), to: store)
            return await ObjectEndpoint(controlPlane: endpoint.controlPlane, store: store).answer(request, nil)
        } catch { return WireResponse(error) }
    }

    private func copy(_ name: String, to draft: ObjectStore) async throws(ObjectError) {
        let real = endpoint.store
        let outcome = try? await NIOThreadPool.singleton.runIfActive {
            Result { () throws(ObjectError) in try draft.takeOver(name, from: real) }
        }
        try outcome?.get()
    }
}
