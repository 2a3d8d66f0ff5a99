import NIOCore
import ObjectStore

/// Content on its way to the disk. One thread after the other touches it, never two at a time; all of them may wait.
protocol ReceivedContent: AnyObject, Sendable {
    /// What can be refused before the content is sent.
    func begin() throws(ObjectError)
    func append(_ pieces: [ByteBuffer]) throws(ObjectError)
    /// All has come.
    func finish() throws(ObjectError) -> ObjectAnswer
}

extension ObjectContent: ReceivedContent {}

extension ByteBuffer {
    /// `withUnsafeReadableBytes`, which takes no closure that tells its errors' type.
    func read(_ body: (UnsafeRawBufferPointer) throws(ObjectError) -> Void) throws(ObjectError) {
        var outcome = Result<Void, ObjectError>.success(())
        withUnsafeReadableBytes { bytes in
            outcome = Result { () throws(ObjectError) in try body(bytes) }
        }
        try outcome.get()
    }
}
