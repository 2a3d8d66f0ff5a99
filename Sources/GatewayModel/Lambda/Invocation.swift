extension Lambda {
    /// One call of a function through Lambda's Invoke.
    package struct Invocation: Sendable {
        package enum Kind: String, Sendable { case requestResponse = "RequestResponse", event = "Event" }

        package var functionName: String
        /// A version, an alias, or nil for `$LATEST`.
        package var qualifier: String?
        package var kind: Kind
        package var requestId: String
        package var payload: [UInt8]
        /// JSON text, already decoded from base64.
        package var clientContext: [UInt8]?
        package var traceId: String?
        /// Whether the last 4 KB of the invocation's log are wanted.
        package var wantsLogTail: Bool

        package init(
            functionName: String, qualifier: String? = nil, kind: Kind = .requestResponse,
            requestId: String = Identifiers.uuid(), payload: [UInt8], clientContext: [UInt8]? = nil,
            traceId: String? = nil, wantsLogTail: Bool = false
        ) {
            self.functionName = functionName
            self.qualifier = qualifier
            self.kind = kind
            self.requestId = requestId
            self.payload = payload
            self.clientContext = clientContext
            self.traceId = traceId
            self.wantsLogTail = wantsLogTail
        }
    }

    package enum InvocationOutcome: Sendable {
        /// The function's bytes, and the version that ran (`$LATEST` or a number).
        case success(payload: [UInt8], executedVersion: String, logTail: [UInt8])
        /// The error object, answered with `X-Amz-Function-Error: Unhandled`.
        case functionError(payload: [UInt8], executedVersion: String, logTail: [UInt8])
        /// An `Event` call was queued.
        case accepted
        case throttled(ThrottleReason)
        /// No such function, version or alias.
        case notFound
    }

    /// What becomes of a call through InvokeWithResponseStream.
    package enum StreamOutcome: Sendable {
        /// The answer, whole or failed ones too, with the content type that the runtime gave it.
        case began(contentType: String, executedVersion: String, any AnswerPieces)
        case throttled(ThrottleReason)
        case notFound
    }

    package enum AnswerPiece: Sendable {
        case bytes([UInt8])
        /// The last one, with the error object of a function that failed.
        case ended(error: [UInt8]?, logTail: [UInt8])
    }

    /// The pieces of an answer, at the pace of whoever asks for them.
    package protocol AnswerPieces: Sendable {
        /// Waits for it; nil behind the end. One at a time.
        func next() async -> AnswerPiece?
        /// No more are wanted; the function runs to its end.
        func discard()
    }

    /// Source: botocore `ThrottleReason`.
    package enum ThrottleReason: String, Sendable {
        case account = "ConcurrentInvocationLimitExceeded"
        case reserved = "ReservedFunctionConcurrentInvocationLimitExceeded"
    }
}
