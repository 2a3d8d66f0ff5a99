import GatewayModel
import JSON

/// An error of DynamoDB's: client errors are all 400, faults 500.
package struct TableError: Error, Sendable {
    /// As `__type` has it: `com.amazon.coral.validate#ValidationException`.
    package let type: String
    package let message: String?
    /// `message`, or `Message` for a few.
    package let messageKey: String
    package let status: Int
    /// What went wrong inside, for the server's operator; clients are not told.
    let detail: String?
    /// Further members as JSON text, each behind a comma: `,"Item":{…}`.
    package var members: [UInt8] = []

    private static let model = "com.amazonaws.dynamodb.v20120810#"
    private static let coral = "com.amazon.coral.service#"
    private static let validationType = "com.amazon.coral.validate#ValidationException"
    private static let envelope = "1 validation error detected: "

    private init(
        _ type: String, _ message: String?, messageKey: String = "message", status: Int = 400, detail: String? = nil
    ) {
        self.type = type
        self.message = message
        self.messageKey = messageKey
        self.status = status
        self.detail = detail
    }

    static func validation(_ message: String) -> TableError { TableError(validationType, message) }

    /// `One or more parameter values were invalid: …`
    static func invalidValues(_ message: String) -> TableError {
        validation("One or more parameter values were invalid: \(message)")
    }

    static func enveloped(_ message: String) -> TableError { validation(envelope + message) }

    /// The error as the operations of DynamoDB's newer validation layer word it.
    var inEnvelope: TableError {
        guard type == Self.validationType, let message, !message.hasPrefix(Self.envelope) else { return self }
        return .enveloped(message)
    }

    var isValidation: Bool { type == Self.validationType }

    static func modelled(_ name: String, _ message: String, messageKey: String = "message") -> TableError {
        TableError(model + name, message, messageKey: messageKey)
    }

    static let resourceNotFound = modelled("ResourceNotFoundException", "Requested resource not found")

    static func tableNotFound(_ name: String) -> TableError {
        modelled("ResourceNotFoundException", "Requested resource not found: Table: \(name) not found")
    }

    /// As operations on backups have it.
    static func noTableToBackUp(_ name: String) -> TableError {
        modelled("TableNotFoundException", "Table not found: \(name)")
    }

    /// For the ARN of another account. There are no users here, so the caller is an account's root.
    static func accessDenied(_ operation: String, _ resource: String, by account: AccountIdentity) -> TableError {
        TableError(
            coral + "AccessDeniedException",
            "User: arn:\(account.partition):iam::\(account.accountId):root is not authorized to perform: "
                + "dynamodb:\(operation) on resource: \(resource) because no resource-based policy allows the "
                + "dynamodb:\(operation) action", messageKey: "Message")
    }

    static let conditionalCheckFailed = modelled("ConditionalCheckFailedException", "The conditional request failed")

    /// What DynamoDB has and Gatehouse does not.
    static func notOffered(_ what: String) -> TableError {
        validation("\(what) is not supported by Gatehouse yet.")
    }

    package static func serialization(_ message: String?) -> TableError {
        TableError(coral + "SerializationException", message, messageKey: "Message")
    }

    static let unknownOperation = TableError(coral + "UnknownOperationException", nil)

    /// A fault of the server's: the disk is full, the file is damaged.
    package static func internalFailure(_ detail: String) -> TableError {
        TableError(
            model + "InternalServerError",
            "The tables could not be read or written. Gatehouse's standard error says why.", status: 500,
            detail: detail)
    }

    var isFault: Bool { status == 500 }

    package func response() -> TableResponse {
        var body = Array("{\"__type\":".utf8)
        JSONValue.writeString(type, into: &body)
        if let message {
            body += Array(",\"\(messageKey)\":".utf8)
            JSONValue.writeString(message, into: &body)
        }
        body += members
        body.append(UInt8(ascii: "}"))
        return TableResponse(status: status, body: body)
    }
}

extension TableNumber.Fault {
    /// As updates word it: a sum of more than 38 digits is an overflow. That is known of 1e50 + 1, and taken to be so of
    /// 1 + 1e-50.
    var ofArithmetic: TableError { (self == .tooManyDigits ? .overflow : self).error("", .current) }

    func error(_ text: String, _ layer: WireLayer) -> TableError {
        switch self {
        case .notNumeric where text.isEmpty && layer == .older:
            .validation("The parameter cannot be converted to a numeric value")
        case .notNumeric: .validation("The parameter cannot be converted to a numeric value: \(text)")
        case .tooManyDigits: .validation("Attempting to store more than 38 significant digits in a Number")
        case .overflow:
            .validation("Number overflow. Attempting to store a number with magnitude larger than supported range")
        case .underflow:
            .validation("Number underflow. Attempting to store a number with magnitude smaller than supported range")
        }
    }
}

/// AWS moves operations to a new validation layer one by one, so the same fault has two wordings.
enum WireLayer: Sendable {
    case current
    case older
}
