package import Callers
package import NIOCore

/// What the data plane needs of this server's own tables.
package protocol TableTarget: Sendable {
    /// Answers DynamoDB's operation of that name. `completion` is called once, on `loop`, be it before this returns.
    ///
    /// - Parameter caller: who has to be let do it; nil: nobody is asked.
    func answer(
        _ operation: String, _ body: ByteBuffer, as caller: Caller?, on loop: any EventLoop,
        completion: @escaping @Sendable (TableAnswer) -> Void)
}

/// What DynamoDB answers.
package struct TableAnswer: Sendable {
    package let status: Int
    package let requestId: String
    /// Its fields, whole lines.
    package let fields: String
    package let body: ByteBuffer

    package init(status: Int, requestId: String, fields: String, body: ByteBuffer) {
        self.status = status
        self.requestId = requestId
        self.fields = fields
        self.body = body
    }
}
