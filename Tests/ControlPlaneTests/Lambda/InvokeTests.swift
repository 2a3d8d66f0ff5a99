import GatewayModel
import JSON
import Testing

@testable import ControlPlane

@Suite struct InvokeTests {
    private let lambda = LambdaPlane()

    private func invoke(
        _ name: String = "hello", _ payload: String = "{}", query: String = "",
        headers: [(name: String, value: String)] = []
    ) async -> Answer {
        await lambda.call(
            "POST", "/2015-03-31/functions/\(name)/invocations", query: query, headers: headers,
            payload: Array(payload.utf8))
    }

    @Test func handsThePayloadOver() async throws {
        await lambda.create()
        await lambda.host.answer(
            with: .success(payload: Array(#"{"ok":true}"#.utf8), executedVersion: "$LATEST", logTail: []))
        let answer = await invoke("hello", #" {"a": 1} "#, headers: [("x-amzn-trace-id", "Root=1-2-3")])
        #expect(answer.status == 200)
        #expect(answer.text == #"{"ok":true}"#)
        #expect(answer.header("x-amz-executed-version") == "$LATEST")
        #expect(answer.header("x-amz-function-error") == nil)
        #expect(answer.header("x-amz-log-result") == nil)
        let invocation = try #require(await lambda.host.invocations.first)
        #expect(invocation.payload == Array(#" {"a": 1} "#.utf8))
        #expect(invocation.kind == .requestResponse)
        #expect(invocation.qualifier == nil)
        #expect(invocation.traceId == "Root=1-2-3")
        #expect(invocation.requestId == answer.header("x-amzn-requestid"))
        #expect(!invocation.wantsLogTail)
    }

    @Test func noPayloadIsAnEmptyEvent() async {
        await lambda.create()
        _ = await invoke("hello", "")
        #expect(await lambda.host.invocations.first?.payload == Array("{}".utf8))
    }

    @Test func aFunctionErrorIsUnhandled() async {
        await lambda.create()
        await lambda.host.answer(
            with: .functionError(
                payload: Array(#"{"errorType":"Exception"}"#.utf8), executedVersion: "1", logTail: Array("END".utf8)))
        let answer = await invoke(headers: [("x-amz-log-type", "Tail")])
        #expect(answer.status == 200)
        #expect(answer.header("x-amz-function-error") == "Unhandled")
        #expect(answer.header("x-amz-executed-version") == "1")
        #expect(answer.header("x-amz-log-result") == "RU5E")
        #expect(answer.text == #"{"errorType":"Exception"}"#)
        #expect(await lambda.host.invocations.first?.wantsLogTail == true)
    }

    @Test func anEventIsAccepted() async throws {
        await lambda.create()
        await lambda.host.answer(with: .accepted)
        let answer = await invoke(
            headers: [("x-amz-invocation-type", "Event"), ("x-amz-client-context", "e30="), ("x-amz-log-type", "Tail")])
        #expect(answer.status == 202)
        #expect(answer.body.isEmpty)
        #expect(answer.header("x-amz-executed-version") == nil)
        let invocation = try #require(await lambda.host.invocations.first)
        #expect(invocation.kind == .event)
        #expect(invocation.clientContext == nil)
        #expect(!invocation.wantsLogTail)
    }

    @Test func aDryRunInvokesNothing() async {
        await lambda.create()
        let answer = await invoke(headers: [("x-amz-invocation-type", "DryRun")])
        #expect(answer.status == 204)
        #expect(answer.body.isEmpty)
        #expect(await lambda.host.invocations.isEmpty)
    }

    @Test func theClientContextIsDecoded() async {
        await lambda.create()
        _ = await invoke(headers: [("x-amz-client-context", Base64.encode(Array(#"{"client":{}}"#.utf8)))])
        #expect(await lambda.host.invocations.first?.clientContext == Array(#"{"client":{}}"#.utf8))
        for wrong in ["not base64", "bm9qc29u", String(repeating: "A", count: 3584)] {
            let answer = await invoke(headers: [("x-amz-client-context", wrong)])
            #expect(answer.errorType == "InvalidRequestContentException")
        }
        #expect(await lambda.host.invocations.count == 1)
    }

    @Test func qualifiersAreHandedOver() async {
        await lambda.create("hello", ["Publish": true])
        _ = await lambda.call(
            "POST", "/2015-03-31/functions/hello/aliases", ["Name": "live", "FunctionVersion": "1"])
        _ = await invoke("hello:live")
        _ = await invoke(query: "Qualifier=1")
        _ = await invoke("arn%3Aaws%3Alambda%3Aeu-central-1%3A123456789012%3Afunction%3Ahello%3A%24LATEST")
        #expect(await lambda.host.invocations.map(\.qualifier) == ["live", "1", nil])
    }

    @Test func thereMustBeSomethingToInvoke() async {
        let missing = await invoke()
        #expect(missing.status == 404)
        #expect(missing.message == "Function not found: \(lambda.arn("hello", "$LATEST"))")
        await lambda.create()
        #expect(await invoke("hello:none").message == "Function not found: \(lambda.arn("hello", "none"))")
        #expect(await lambda.host.invocations.isEmpty)
        await lambda.host.answer(with: .notFound)
        #expect(await invoke().status == 404)
    }

    /// Source: LocalStack's snapshot of AWS (test_reserved_concurrency).
    @Test func throttlingTellsItsReason() async {
        await lambda.create()
        await lambda.host.answer(with: .throttled(.reserved))
        let answer = await invoke()
        #expect(answer.status == 429)
        #expect(answer.errorType == "TooManyRequestsException")
        #expect(
            answer.json == [
                "Reason": "ReservedFunctionConcurrentInvocationLimitExceeded", "Type": "User",
                "message": "Rate Exceeded.",
            ])
    }

    @Test(arguments: ["{", "nothing", #"{"a":1} x"#, "\u{1}"])
    func payloadsMustBeJSON(_ payload: String) async {
        await lambda.create()
        let answer = await invoke("hello", payload)
        #expect(answer.status == 400)
        #expect(answer.errorType == "InvalidRequestContentException")
        #expect(
            answer.message?.hasPrefix("Could not parse request body into json: Could not parse payload into json: ")
                == true)
        #expect(answer["Type"] == "User")
        #expect(await lambda.host.invocations.isEmpty)
    }

    @Test func payloadsMustBeUTF8() async {
        await lambda.create()
        let answer = await lambda.call(
            "POST", "/2015-03-31/functions/hello/invocations", payload: [0x22, 0x87, 0x22])
        #expect(answer.errorType == "InvalidRequestContentException")
    }

    /// Source: LocalStack's recording of AWS, November 2025, and what the JSON reader it shows does elsewhere.
    @Test(arguments: [
        (Array("n".utf8) + [0x87] + Array("r".utf8), "Invalid UTF-8 start byte 0x87", 1, 3),
        (Array("{\n\"a\":\"".utf8) + [0xC3, 0x28] + Array("\"}".utf8), "Invalid UTF-8 middle byte 0x28", 2, 8),
        ([0x22, 0xE0, 0x80, 0x80, 0x22], "Invalid UTF-8 middle byte 0x80", 1, 4),
        ([0x22, 0xC0, 0x80, 0x22], "Invalid UTF-8 start byte 0xc0", 1, 3),
        ([0x22, 0xED, 0xA0, 0x80, 0x22], "Invalid UTF-8 middle byte 0xa0", 1, 4),
        ([0x22, 0xE2, 0x82], "Unexpected end-of-input in a UTF-8 character", 1, 4),
    ])
    func bytesThatAreNoUTF8AreTold(_ payload: [UInt8], _ sentence: String, _ line: Int, _ column: Int) async {
        await lambda.create()
        let answer = await lambda.call("POST", "/2015-03-31/functions/hello/invocations", payload: payload)
        #expect(
            answer.message
                == "Could not parse request body into json: Could not parse payload into json: \(sentence)\n "
                + "at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); "
                + "line: \(line), column: \(column)]")
    }

    @Test func payloadsHaveLimits() async {
        await lambda.create()
        func json(_ size: Int) -> String { "\"" + String(repeating: "x", count: size - 2) + "\"" }
        #expect(await invoke("hello", json(6_291_456)).status == 200)
        let large = await invoke("hello", json(6_291_457))
        #expect(large.status == 413)
        #expect(large.errorType == "RequestTooLargeException")
        #expect(
            large.message
                == "6291457 byte payload is too large for the RequestResponse invocation type (limit 6291456 bytes)")
        let event = await invoke("hello", json(1_048_577), headers: [("x-amz-invocation-type", "Event")])
        #expect(event.status == 413)
    }

    @Test func headersAreChecked() async {
        await lambda.create()
        let type = await invoke(headers: [("x-amz-invocation-type", "Sometimes")])
        #expect(
            type.message
                == "1 validation error detected: Value 'Sometimes' at 'invocationType' failed to satisfy constraint: "
                + "Member must satisfy enum value set: [Event, RequestResponse, DryRun]")
        #expect(await invoke(headers: [("x-amz-log-type", "All")]).errorType == "ValidationException")
        #expect(await invoke(headers: [("x-amz-tenant-id", "t")]).message?.contains("Gatehouse") == true)
        #expect(await invoke(headers: [("x-amz-durable-execution-name", "n")]).status == 400)
        #expect(await lambda.host.invocations.isEmpty)
    }
}
