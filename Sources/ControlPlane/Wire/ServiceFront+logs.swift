/// CloudWatch Logs, as management requests name it.
extension ServiceFront {
    /// As its clients sign.
    package static let logService = "logs"
    /// What X-Amz-Target of an operation begins with; the operation follows.
    package static let logTarget = "Logs_20140328."
    package static let logWire = WireProtocol.json(version: "1.1")
    /// PutLogEvents takes a megabyte of messages, of which each letter may be six in JSON.
    package static let logBytes = 8_388_608

    static func logs(_ operation: String) -> Found {
        Found(.logs(operation: operation), logWire, logBytes)
    }
}
