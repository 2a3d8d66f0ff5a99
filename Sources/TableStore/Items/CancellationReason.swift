/// Why one action cancels its transaction; `none` for those that would not.
struct CancellationReason {
    private let code: String
    private let message: String?
    /// The item, when the action asked for it: `,"Item":{…}`.
    private let members: [UInt8]

    static let none = CancellationReason(code: "None", message: nil, members: [])

    private init(code: String, message: String?, members: [UInt8]) {
        self.code = code
        self.message = message
        self.members = members
    }

    /// Nil for errors that are the server's.
    init?(_ error: TableError) {
        if error.isConditionalCheckFailed {
            self.init(code: "ConditionalCheckFailed", message: error.message, members: error.members)
        } else if error.isValidation {
            self.init(code: "ValidationError", message: error.message, members: [])
        } else {
            return nil
        }
    }

    /// - Parameter reasons: one for every action, in their order.
    static func check(_ reasons: [CancellationReason]) throws(TableError) {
        guard reasons.contains(where: { $0.message != nil }) else { return }
        let codes = reasons.map(\.code).joined(separator: ", ")
        var error = TableError.modelled(
            "TransactionCanceledException",
            "Transaction cancelled, please refer cancellation reasons for specific reasons [\(codes)]",
            messageKey: "Message")
        var list = ResponseBody()
        list.member("CancellationReasons")
        list.array(reasons) { body, reason in reason.write(to: &body) }
        error.members = [UInt8(ascii: ",")] + list.bytes.dropFirst()
        throw error
    }

    private func write(to body: inout ResponseBody) {
        body.object { body in
            body.member("Code")
            body.append(string: code)
            guard let message else { return }
            body.member("Message")
            body.append(string: message)
            body.append(members)
        }
    }
}

extension TableError {
    var isConditionalCheckFailed: Bool { type == Self.conditionalCheckFailed.type }
}
