import IAMPolicy
import ObjectStore

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
