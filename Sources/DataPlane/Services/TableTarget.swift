package import Callers
package import NIOCore

/// What the data plane needs of this server's own tables.
package protocol TableTarget: Sendable {
    /// Answers DynamoDB's operation of that name. `completion` is called once, on `loop`, be it before this returns.
    ///
    /// - Parameter caller: who has to be let do it; nil: nobody is asked.
    func answer(
        _ operation: String, _ body: ByteBuffer, as caller: Caller?, on loop: any EventLoop,
        completion: @escaping @Sendable (ServiceAnswer) -> Void)
}
