import JSON
import NIOCore

/// The error objects that the platform itself makes; wording from recorded answers.
enum ErrorPayload {
    static func make(_ type: String, _ message: String) -> ByteBuffer {
        ByteBuffer(bytes: JSONValue.object(["errorType": .string(type), "errorMessage": .string(message)]).bytes)
    }

    static func exit(_ requestId: String, _ reason: String) -> ByteBuffer {
        make("Runtime.ExitError", "RequestId: \(requestId) Error: \(reason)")
    }

    /// The runtime is gone, and nobody knows why.
    static func quiet(_ requestId: String) -> ByteBuffer {
        exit(requestId, "Runtime exited without providing a reason")
    }

    static func exitReason(_ exit: ProcessTable.Exit) -> String {
        switch exit {
        case .status(0): "Runtime exited without providing a reason"
        case .status(let status): "Runtime exited with error: exit status \(status)"
        case .signal(9): "Runtime exited with error: signal: killed"
        case .signal(11): "Runtime exited with error: signal: segmentation fault"
        case .signal(let signal): "Runtime exited with error: signal: \(signal)"
        }
    }

    static func timeout(_ requestId: String, seconds: Int) -> ByteBuffer {
        make("Sandbox.Timedout", "RequestId: \(requestId) Error: Task timed out after \(seconds).00 seconds")
    }

    static let answerWithoutMemory = make(
        "Function.ResponseSizeTooLarge",
        "The server holds as many bytes of answers and bodies as it may; call again later.")
    static let streamTooLarge = tooLarge(LambdaLimits.streamedBytes)

    static func tooLarge(_ limit: Int) -> ByteBuffer {
        ByteBuffer(
            bytes: JSONValue.object([
                "errorMessage":
                    .string("Response payload size exceeded maximum allowed payload size (\(limit) bytes)."),
                "errorType": "Function.ResponseSizeTooLarge",
            ]).bytes)
    }
}
