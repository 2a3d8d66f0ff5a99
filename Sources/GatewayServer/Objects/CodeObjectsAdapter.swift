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
            let version = try store.version(object.bucket, object.key, object.version)
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

extension ObjectStore {
    /// The policy of a bucket; one that cannot be read lets nobody in.
    func policy(of bucket: String) throws(ObjectError) -> PolicyDocument? {
        let text = try setting("policy", of: bucket)
        return text.map { (try? PolicyDocument($0, kind: .resource)) ?? .closed }
    }

    /// The whole content; nil when it has more bytes than that.
    func content(of version: ObjectVersion, upTo limit: Int) throws(ObjectError) -> [UInt8]? {
        guard version.size <= limit else { return nil }
        return try reader(of: version, 0..<version.size).bytes(in: 0..<version.size)
    }
}

extension ContentReader {
    /// Waits for the disk.
    func bytes(in range: Range<Int>) throws(ObjectError) -> [UInt8] {
        var outcome = Result<Void, ObjectError>.success(())
        let content = [UInt8](unsafeUninitializedCapacity: range.count) { bytes, count in
            let room = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(bytes)[..<range.count])
            outcome = Result { () throws(ObjectError) in try read(room, at: range.lowerBound) }
            count = (try? outcome.get()) == nil ? 0 : range.count
        }
        try outcome.get()
        return content
    }
}

extension ObjectError {
    static let markerHasNoContent = ObjectError(
        "MethodNotAllowed", status: 405, "The specified method is not allowed against this resource.")
}
