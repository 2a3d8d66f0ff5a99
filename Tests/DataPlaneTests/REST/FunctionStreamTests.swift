import GatewayModel
import NIOCore
import Testing

@testable import DataPlane

@Suite("The streamed answer of a function")
struct FunctionStreamTests {
    private static let nulls = String(repeating: "\0", count: 8)

    private func called(
        _ request: String = TestGateway.request("GET", "/prod/a"), timeout: Int = 29_000, logFormat: String? = nil
    ) throws -> EmbeddedGateway {
        var api = TestRESTAPI("ANY /a", .streamed(timeout: timeout))
        api.logFormat = logFormat
        let gateway = try EmbeddedGateway(api.definition)
        gateway.send(request)
        #expect(gateway.received.isEmpty)
        return gateway
    }

    private func send(_ gateway: EmbeddedGateway, _ pieces: String...) {
        for piece in pieces {
            gateway.function.send(piece)
            gateway.wait(milliseconds: 0)
        }
    }

    private func end(_ gateway: EmbeddedGateway, _ outcome: FunctionOutcome = .success(ByteBuffer())) {
        gateway.function.release(outcome)
        gateway.wait(milliseconds: 0)
    }

    private func success(_ text: String) -> FunctionOutcome { .success(ByteBuffer(string: text)) }

    @Test("has its head as soon as the metadata is there, and every piece as it comes")
    func passes() throws {
        let gateway = try called()
        send(gateway, #"{"statusCode":201,"headers":{"X-A":"1","Date":"x"},"#)
        #expect(gateway.received.isEmpty)
        send(gateway, #""multiValueHeaders":{"x-b":["2","3"]},"cookies":["c=1","d=2"]}"# + "\0\0\0", "\0\0\0\0")
        #expect(gateway.received.isEmpty)
        send(gateway, "\0")
        #expect(gateway.statuses == ["201 Created"])
        for line in [
            "X-A: 1", "x-b: 2", "x-b: 3", "set-cookie: c=1", "set-cookie: d=2", "x-amzn-Remapped-Date: x",
            "Content-Type: application/json", "Transfer-Encoding: chunked",
        ] { #expect(gateway.received.contains("\r\n\(line)\r\n"), "\(line)") }
        #expect(gateway.received.hasSuffix("\r\n\r\n"))
        send(gateway, "one")
        #expect(gateway.received.hasSuffix("3\r\none\r\n"))
        send(gateway, "\0\0\0\0\0\0\0\0")
        #expect(gateway.received.hasSuffix("8\r\n" + Self.nulls + "\r\n"))
        end(gateway)
        #expect(gateway.received.hasSuffix("\r\n0\r\n\r\n"))
        #expect(gateway.function.flow.taken > 0)
        // The connection is there for the next request.
        gateway.send(TestGateway.request("GET", "/prod/a"))
        end(gateway, success("{}" + Self.nulls))
        #expect(gateway.statuses == ["201 Created", "200 OK"])
    }

    @Test("may come all at once")
    func atOnce() throws {
        let gateway = try called()
        send(gateway, #"{"headers":{"content-type":"text/plain"}}"# + Self.nulls + "body")
        #expect(gateway.received.contains("\r\ncontent-type: text/plain\r\n"))
        #expect(gateway.received.hasSuffix("\r\n\r\n4\r\nbody\r\n"))
    }

    @Test(
        "is 500 where it does not have AWS's form",
        arguments: [
            "", "{}", #"{"statusCode":200,"body":"x"}"#, nulls + "x", #"{"body":"x"}"# + nulls, "[]" + nulls,
            #"{"statusCode":99}"# + nulls, #"{"headers":{"a b":"1"}}"# + nulls, #"{"headers":{"a":"1\r\n2"}}"# + nulls,
            #"{"headers":{"content-length":"-1"}}"# + nulls,
            #"{"multiValueHeaders":{"content-length":["1","2"]}}"# + nulls, "{}\0\0\0\0\0\0\0",
            String(repeating: " ", count: 16_384 - 7) + "{}" + nulls, String(repeating: "x", count: 20_000),
        ])
    func isNoStream(_ text: String) throws {
        for isWhole in [true, false] {
            let gateway = try called()
            if isWhole {
                end(gateway, success(text))
            } else {
                for character in text.unicodeScalars { gateway.function.send(String(character)) }
                gateway.wait(milliseconds: 0)
                end(gateway)
            }
            #expect(gateway.statuses == ["500 Internal Server Error"])
            #expect(gateway.received.hasSuffix(#"{"message": "Internal server error"}"#))
        }
    }

    @Test("may have metadata of 16 KB")
    func longMetadata() throws {
        let gateway = try called()
        send(gateway, String(repeating: " ", count: 16_384 - 10), "{}", Self.nulls)
        #expect(gateway.statuses == ["200 OK"])
    }

    @Test("that fails before its head is refused, and behind it breaks off")
    func failures() throws {
        let failure = FunctionOutcome.functionError(ByteBuffer(string: #"{"errorType":"E"}"#))
        let early = try called()
        send(early, #"{"statusCode":200}"#)
        end(early, failure)
        #expect(early.statuses == ["502 Bad Gateway"])
        let late = try called(logFormat: "$context.status $context.integrationErrorMessage")
        send(late, "{}" + Self.nulls + "half")
        end(late, failure)
        #expect(late.received.hasSuffix("4\r\nhalf\r\n"))
        #expect(late.entries == [#"200 the function failed: {\"errorType\":\"E\"}"#])
        late.send(TestGateway.request("GET", "/prod/a"))
        #expect(late.statuses == ["200 OK"])
    }

    @Test("has the length that the function tells, no more and no less")
    func lengths() throws {
        let metadata = #"{"headers":{"Content-Length":"4"}}"# + Self.nulls
        let exact = try called()
        send(exact, metadata, "ab", "cd")
        #expect(exact.received.contains("Content-Length: 4\r\n"))
        #expect(exact.received.hasSuffix("\r\n\r\nabcd"))
        let long = try called()
        send(long, metadata + "abcdef")
        #expect(long.received.hasSuffix("\r\n\r\nabcd"))
        #expect(long.function.flow.isDiscarded)
        let short = try called(logFormat: "$context.status $context.integrationErrorMessage")
        send(short, metadata + "abc")
        end(short)
        #expect(short.entries == ["200 the function's answer is shorter than its Content-Length"])
        let chunked = try called()
        send(chunked, #"{"headers":{"Content-Length":"4","Transfer-Encoding":"chunked"}}"# + Self.nulls)
        #expect(chunked.received.contains("Transfer-Encoding: chunked\r\n"))
        #expect(chunked.received.contains("x-amzn-Remapped-Content-Length: 4\r\n"))
    }

    @Test("has no body for HEAD and for statuses without one, and waits for none")
    func withoutBody() throws {
        let head = try called(TestGateway.request("HEAD", "/prod/a"))
        send(head, "{}" + Self.nulls + "body")
        #expect(head.statuses == ["200 OK"])
        #expect(head.received.hasSuffix("\r\n\r\n"))
        #expect(head.function.flow.isDiscarded)
        let empty = try called()
        send(empty, #"{"statusCode":204}"# + Self.nulls + "body")
        #expect(empty.statuses == ["204 No Content"])
        #expect(empty.received.hasSuffix("\r\n\r\n"))
        #expect(!empty.received.contains("Content-Type"))
    }

    @Test("ends with the connection for HTTP/1.0")
    func oldClients() throws {
        let gateway = try called("GET /prod/a HTTP/1.0\r\nHost: \(TestAPI.host)\r\n\r\n")
        send(gateway, "{}" + Self.nulls + "one", "two")
        #expect(!gateway.received.contains("Transfer-Encoding"))
        #expect(gateway.received.hasSuffix("\r\n\r\nonetwo"))
        end(gateway)
        #expect(gateway.received.hasSuffix("\r\n\r\nonetwo"))
    }

    @Test("is not wanted any more when the client has left")
    func clientLeaves() throws {
        let gateway = try called(logFormat: "$context.status")
        send(gateway, "{}" + Self.nulls + "half")
        gateway.reset()
        #expect(gateway.function.flow.isDiscarded)
        #expect(gateway.entries == ["200"])
        send(gateway, "more")
        end(gateway)
        #expect(gateway.received.hasSuffix("4\r\nhalf\r\n"))
    }

    @Test("is logged and counted when it has ended")
    func logged() throws {
        let gateway = try called(
            logFormat: "$context.integration.responseTransferMode $context.status $context.integration.status "
                + "$context.responseLength $context.integration.timeToAllHeaders "
                + "$context.integration.timeToFirstContent")
        send(gateway, "{}" + Self.nulls, "abc")
        #expect(gateway.entries.isEmpty)
        #expect(gateway.metrics.count == 0)
        end(gateway)
        let entry = try #require(gateway.entries.first?.split(separator: " "))
        #expect(entry.prefix(4) == ["STREAMED", "200", "200", "3"])
        #expect(entry.suffix(2).allSatisfy { Int($0) != nil })
        #expect(gateway.metrics.count == 1)
    }
}
