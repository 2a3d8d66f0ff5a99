import ControlPlane
import IAMPolicy
import ObjectStore

/// The control plane's view of S3: where code of functions lies.
struct CodeObjectsAdapter: CodeObjects {
    let store: ObjectStore

    func policy(ofBucket bucket: String) throws(CodeObjectFault) -> PolicyDocument? {
        do throws(ObjectError) { return try store.policy(of: bucket) } catch { throw CodeObjectFault(error) }
    }

    func content(of object: CodeObject, upTo limit: Int) throws(CodeObjectFault) -> [UInt8]? {
        do throws(ObjectError) {
            let version = try store.heldVersion(object.bucket, object.key, object.version)
            guard !version.isMarker else {
                throw object.version == nil ? .noSuchKey(object.key) : .markerHasNoContent
            }
            return try store.content(of: version, upTo: limit)
        } catch { throw CodeObjectFault(error) }
    }
}

extension CodeObjectFault {
    fileprivate init(_ error: ObjectError) { self.init(code: error.code, message: error.fault ?? error.message) }
}

extension ObjectError {
    static let markerHasNoContent = ObjectError(
        "MethodNotAllowed", status: 405, "The specified method is not allowed against this resource.")
}
