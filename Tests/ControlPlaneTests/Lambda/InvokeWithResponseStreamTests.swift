import GatewayModel
import JSON
import Testing

@testable import ControlPlane

@Suite struct InvokeWithResponseStreamTests {
    private let lambda = LambdaPlane()

    private func call(
        _ name: String = "hello", headers: [(name: String, value: String)] = []
    ) async -> WireResponse {
        await lambda.plane.respond(
            to: WireRequest(
                method: "POST", path: "/2021-11-15/functions/\(name)/response-streaming-invocations", headers: headers))
    }

    private func events(_ response: WireResponse) async -> [[UInt8]] {
        var events: [[UInt8]] = []
        while let event = await response.pieces?.next() { events.append(event) }
        return events
    }

    /// The payload of an event with one checksum, whatever its headers are.
    private func payload(_ event: [UInt8]) -> String {
        let headers = event[4..<8].reduce(0) { $0 << 8 | Int($1) }
        return String(decoding: event[(12 + headers)..<(event.count - 4)], as: UTF8.self)
    }

    @Test func piecesAreEvents() async throws {
        await lambda.create()
        await lambda.host.answer(
            with: .success(payload: Array(#"{"ok":true}"#.utf8), executedVersion: "$LATEST", logTail: [1]))
        let response = await call()
        #expect(response.status == 200)
        #expect(Answer(response).header("content-type") == "application/vnd.amazon.eventstream")
        #expect(Answer(response).header("x-amz-executed-version") == "$LATEST")
        #expect(Answer(response).header("x-amzn-remapped-content-type") == "text/x")
        let events = await events(response)
        let first = try #require(events.first)
        // Lengths and checksums as botocore's reader wants them.
        #expect(first.count == 117)
        #expect(first.prefix(12) == [0, 0, 0, 0x75, 0, 0, 0, 0x5A, 0xDF, 0xAE, 0x08, 0x3C])
        #expect(first.suffix(4) == [0xF7, 0x69, 0x7D, 0xA2])
        #expect(events.map(payload) == [#"{"ok":true}"#, "{}"])
        #expect(await lambda.host.invocations.map(\.kind) == [.requestResponse])
    }

    @Test func failuresAndLogsAreToldAtTheEnd() async {
        await lambda.create()
        await lambda.host.answer(
            with: .functionError(payload: Array(#"{"errorType":"E"}"#.utf8), executedVersion: "1", logTail: [1, 2]))
        let response = await call(headers: [("x-amz-log-type", "Tail")])
        #expect(response.status == 200)
        #expect(
            await events(response).map(payload)
                == [#"{"ErrorCode":"Unhandled","ErrorDetails":"{\"errorType\":\"E\"}","LogResult":"AQI="}"#])
    }

    @Test func whatIsNotCalledIsAnError() async {
        #expect(Answer(await call()).errorType == "ResourceNotFoundException")
        await lambda.create()
        #expect(await call(headers: [("x-amz-invocation-type", "DryRun")]).status == 204)
        #expect(Answer(await call(headers: [("x-amz-invocation-type", "Event")])).errorType == "ValidationException")
        await lambda.host.answer(with: .throttled(.reserved))
        let throttled = await call()
        #expect(throttled.status == 429)
        #expect(throttled.pieces == nil)
    }
}
