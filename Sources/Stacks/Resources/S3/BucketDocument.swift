import GatewayModel

/// A document that S3's operations on buckets take.
struct BucketDocument {
    private(set) var text: String

    init(_ root: String, _ content: (inout BucketDocument) throws(ResourceFailure) -> Void) throws(ResourceFailure) {
        text = ""
        try element(root, content)
    }

    var bytes: [UInt8] { Array(text.utf8) }

    mutating func element(
        _ name: String, _ content: (inout BucketDocument) throws(ResourceFailure) -> Void
    ) throws(ResourceFailure) {
        text += "<\(name)>"
        try content(&self)
        text += "</\(name)>"
    }

    /// Nothing where there is no value.
    mutating func element(_ name: String, _ value: String?) {
        guard let value else { return }
        var escaped = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            // What XML 1.0 has no word for S3 refuses as a document.
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        text += "<\(name)>\(escaped)</\(name)>"
    }
}

extension ResourceCalls {
    /// An operation on a bucket.
    @discardableResult
    func bucket(
        _ operation: String, _ method: String, _ name: String, _ part: String? = nil, body: [UInt8] = []
    ) async throws(ResourceFailure) -> [UInt8] {
        do throws(ManagementCalls.Failure) {
            return try await calls.objects(
                operation, method, [name], query: part.map { [($0, "")] } ?? [], body: body)
        } catch { throw ResourceFailure(message: error.message) }
    }

    /// The answer; nil when what the call names is not there.
    @discardableResult
    func bucketIfPresent(
        _ operation: String, _ method: String, _ name: String, _ part: String? = nil
    ) async throws(ResourceFailure) -> [UInt8]? {
        do throws(ManagementCalls.Failure) {
            return try await calls.objects(operation, method, [name], query: part.map { [($0, "")] } ?? [])
        } catch {
            if error.isMissing { return nil }
            throw ResourceFailure(message: error.message)
        }
    }
}
