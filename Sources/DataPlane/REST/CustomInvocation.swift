import HTTPFront
import JSON
import NIOCore

/// What a custom integration asks of Lambda beside the event: how it is invoked, and that the event is JSON.
enum CustomInvocation: String {
    case requestResponse = "RequestResponse"
    /// The function runs later, and its answer is nobody's: the client gets the default response with an empty body.
    case event = "Event"
    case dryRun = "DryRun"

    /// Lambda quota: 1 MB for the event of an asynchronous invocation.
    private static let maximumEventBytes = 1_048_576

    /// Writes the event; nil when the call has been answered: Lambda refuses what it is sent, and its message reaches
    /// the client (seen of a body that is no JSON; taken to be so of an invocation type that is none).
    static func begin(_ x: Exchange, to event: inout ByteBuffer) -> CustomInvocation? {
        let named = x.rest.parameters.headers.last { field in
            field.name.withUnsafeBytes { ASCII.equalsIgnoringCase($0, "x-amz-invocation-type") }
        }
        let type = named.map { String(decoding: $0.value, as: UTF8.self) }
        guard let kind = type.map(CustomInvocation.init(rawValue:)) ?? .requestResponse else {
            refuse(
                x,
                "1 validation error detected: Value '\(type ?? "")' at 'invocationType' failed to satisfy constraint: "
                    + "Member must satisfy enum value set: [Event, RequestResponse, DryRun]")
            return nil
        }
        guard let body = x.body, body.readableBytes > 0 else {
            event.write("{}")
            return kind
        }
        if let fault = faultOfJSON(body) {
            refuse(x, "Could not parse request body into json: \(fault)")
            return nil
        }
        guard kind != .event || body.readableBytes <= maximumEventBytes else {
            x.integrationServiceStatus = 413
            x.refuse(.eventTooLarge, because: "sends \(x.integrationName) an event larger than Lambda's 1 MB for later")
            return nil
        }
        event.writeImmutableBuffer(body)
        return kind
    }

    private static func refuse(_ x: Exchange, _ message: String) {
        x.integrationServiceStatus = 400
        x.integrationError = message
        x.rest.message = Array(message.utf8)
        x.refuse(.unreadable, because: "calls \(x.integrationName), and Lambda refuses what it is sent: \(message)")
    }

    private static func faultOfJSON(_ body: ByteBuffer) -> String? {
        let text = Array(body.readableBytesView)
        guard text.withUnsafeBytes(ByteBuffer.isUTF8) else { return "it is not UTF-8" }
        do throws(JSONError) {
            var cursor = JSONCursor(text.span)
            _ = try cursor.skipValue()
            try cursor.expectEnd()
            return nil
        } catch {
            return error.description
        }
    }
}
