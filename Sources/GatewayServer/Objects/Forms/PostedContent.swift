import ControlPlane
import GatewayModel
import NIOCore
import ObjectStore
import SigV4

/// Content that comes in a form: the fields before the file say what it will be, and whether it may. Behind them it is as if
/// it came by PutObject. One thread after the other touches it (`ObjectService`), never two at a time.
final class PostedContent: ReceivedContent, @unchecked Sendable {
    private let form: ObjectCall
    /// Why a page may not send it, unless somebody whose key is known has signed it.
    private let pageRefusal: ObjectError?
    private var reader: FormReader
    private var fields = PostForm()
    private var put: ObjectCall?
    private var length = 0...ContentClaims.bytes
    private var incoming: IncomingContent?
    private var received = 0

    /// - Parameter form: the call as its head tells it.
    init(_ form: ObjectCall, hasLength: Bool, pageRefusal: ObjectError?) throws(ObjectError) {
        guard let boundary = FormReader.boundary(of: form.request.header("content-type") ?? "") else {
            throw .preconditionFailed("Bucket POST must be of the enclosure-type multipart/form-data")
        }
        guard hasLength else { throw .missingContentLength }
        guard form.request.header("authorization") == nil else {
            throw .notImplemented(
                "Gatehouse takes forms whose policy is signed, and none that are signed in their head.")
        }
        self.form = form
        self.pageRefusal = pageRefusal
        reader = FormReader(boundary: boundary)
    }

    /// Who sends it stands in what follows.
    func begin() {}

    func append(_ pieces: [ByteBuffer]) throws(ObjectError) {
        for piece in pieces { try piece.read { bytes throws(ObjectError) in try append(bytes) } }
    }

    private func append(_ bytes: UnsafeRawBufferPointer) throws(ObjectError) {
        try reader.read(bytes) { event throws(ObjectError) in
            switch event {
            case .field(let name, let value): try fields.add(name, value)
            case .file(let name): try admit(file: name)
            case .content(let content): try keep(content)
            }
        }
    }

    /// All fields are there.
    private func admit(file: String?) throws(ObjectError) {
        fields.name(file: file)
        guard let key = fields["key"], !key.isEmpty else { throw PostForm.missing("key") }
        let access = try access()
        let request = try ObjectRequest(
            method: "PUT",
            path: (form.request.hostBucket == nil ? "/\(form.bucket)/" : "/")
                + PercentEncoding.encode(key, keeping: "/"),
            query: "", headers: try fields.headers() + [("host", form.request.header("host") ?? "")],
            hostBucket: form.request.hostBucket)
        let call = ObjectCall(store: form.store, account: form.account, request: request, access: access)
        try access.check(ObjectOperation.putObject.permissions(request, form.account), call)
        let claims = try ContentClaims(request, contentLength: 0)
        let kind = try ObjectOperation.put.prepare(call, claims)
        incoming = try form.store.receive([claims.kind, kind])
        put = call
    }

    /// Of whoever has signed the policy, which says what the form may be.
    private func access() throws(ObjectError) -> ObjectAccess {
        let control = form.access.controlPlane
        let now = Timestamp(milliseconds: WallClock.epochMilliseconds)
        guard let signature = try PostSignature(fields, region: form.account.region) else {
            if let pageRefusal { throw pageRefusal }
            guard form.access.caller != nil || !control.requiresCredentials else { throw .accessDenied }
            return form.access
        }
        let text = fields["policy"] ?? ""
        var access = form.access
        if control.requiresCredentials || control.knows(accessKey: signature.accessKeyId) {
            access.caller = try signature.verify(text, control.callers, now: now)
            control.noteUse(
                ofKey: signature.accessKeyId, service: BucketHost.service, region: form.account.region)
        } else if let pageRefusal {
            throw pageRefusal
        }
        var told = fields.fields
        told["bucket"] = form.bucket
        if let range = try PostPolicy(text, now: now).check(told) { length = range }
        return access
    }

    private func keep(_ bytes: ArraySlice<UInt8>) throws(ObjectError) {
        received += bytes.count
        // How long it is stands at its end; what is too long is not kept until then.
        if received > length.upperBound { incoming = nil }
        try incoming?.append([bytes])
    }

    /// All has come.
    func finish() throws(ObjectError) -> ObjectAnswer {
        guard let call = put else {
            throw .invalidArgument(
                "POST requires exactly one file upload per request.", name: "file", value: "0")
        }
        guard reader.isEnded else { throw FormReader.malformed }
        let size = String(received)
        guard received >= length.lowerBound else {
            throw ObjectError(
                "EntityTooSmall", status: 400, "Your proposed upload is smaller than the minimum allowed size"
            ).with("ProposedSize", size).with("MinSizeAllowed", String(length.lowerBound))
        }
        guard received <= length.upperBound, let incoming else {
            throw ObjectError(
                "EntityTooLarge", status: 400, "Your proposed upload exceeds the maximum allowed size"
            ).with("ProposedSize", size).with("MaxSizeAllowed", String(length.upperBound))
        }
        let claims = try ContentClaims(call.request, contentLength: received)
        let digests = incoming.seal()
        try claims.check(digests, trailer: nil)
        return answer(try ObjectOperation.put.keep(call, claims, incoming, digests), call)
    }

    /// What the form asks for: a page to go to, or a status.
    private func answer(_ kept: ObjectAnswer, _ call: ObjectCall) -> ObjectAnswer {
        var answer = kept
        let etag = kept.headers.first { $0.name == "ETag" }?.value ?? ""
        if let page = fields["success_action_redirect"] ?? fields["redirect"], Self.isURL(page) {
            let query = [("bucket", call.bucket), ("key", call.key), ("etag", etag)]
                .map { "\($0.0)=\(PercentEncoding.encode($0.1))" }.joined(separator: "&")
            answer.status = 303
            answer.headers.append(("Location", page + (page.contains("?") ? "&" : "?") + query))
            return answer
        }
        let location = call.location
        answer.headers.append(("Location", location))
        switch fields["success_action_status"] {
        case "200"?: break
        case "201"?:
            var xml = XMLText()
            xml.element("PostResponse") { xml in
                xml.element("Location", location)
                xml.element("Bucket", call.bucket)
                xml.element("Key", call.key)
                xml.element("ETag", etag)
            }
            answer.status = 201
            answer.headers.append(("Content-Type", "application/xml"))
            answer.body = Array(xml.text.utf8)
        default: answer.status = 204
        }
        return answer
    }

    /// What is none is passed over. Source: RESTObjectPOST, success_action_redirect.
    private static func isURL(_ text: String) -> Bool {
        let lower = text.lowercased()
        return ["http://", "https://"].contains { lower.hasPrefix($0) && lower != $0 }
            && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F }
    }
}
