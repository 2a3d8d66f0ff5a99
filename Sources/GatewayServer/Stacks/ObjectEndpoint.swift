import Callers
import ControlPlane
import GatewayModel
import NIOPosix
import ObjectStore

/// S3's operations without a socket, for stacks: those that take a document or nothing.
struct ObjectEndpoint: Sendable {
    /// Bytes of content that are answered: more than a template (1 MB) or the document of an API (6 MB) may have.
    private static let contentBytes = 10_485_760

    let controlPlane: ControlPlane
    let store: ObjectStore

    /// - Parameter hostBucket: the bucket that the request's host names.
    func answer(_ request: WireRequest, _ hostBucket: String?) async -> WireResponse {
        let answer: WireResponse?
        do {
            answer = try await NIOThreadPool.singleton.runIfActive { respond(to: request, hostBucket) }
        } catch { answer = nil }
        return answer ?? WireResponse(.internalError("the server is about to end"))
    }

    private func respond(to request: WireRequest, _ hostBucket: String?) -> WireResponse {
        do throws(ObjectError) {
            let objectRequest = try ObjectRequest(
                method: request.method, path: request.path, query: request.query, headers: request.headers,
                hostBucket: hostBucket)
            let operation = try ObjectOperation.find(objectRequest)
            if case .content = operation.body {
                throw .notImplemented("Gatehouse takes no content of objects here.")
            }
            let call = ObjectCall(
                store: store, account: controlPlane.account, request: objectRequest,
                access: ObjectAccess(
                    controlPlane: controlPlane, caller: request.caller, facts: controlPlane.facts(of: request)),
                body: request.body)
            try call.access.check(operation.permissions(objectRequest, call.account), call)
            let answer = try operation.run(call)
            return try WireResponse(answer, upTo: Self.contentBytes)
        } catch { return WireResponse(error) }
    }
}

extension WireResponse {
    fileprivate init(_ error: ObjectError) {
        let answer = ObjectAnswer(error)
        self.init(status: answer.status, headers: answer.headers, body: answer.body)
    }

    fileprivate init(_ answer: ObjectAnswer, upTo limit: Int) throws(ObjectError) {
        self.init(status: answer.status, headers: answer.headers, body: answer.body)
        guard let content = answer.content else { return }
        guard content.range.count <= limit else {
            throw ObjectError(
                "EntityTooLarge", status: 400, "The object has more than \(limit) bytes, which are read here.")
        }
        body = try content.reader.bytes(in: content.range)
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
