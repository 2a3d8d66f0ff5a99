import GatewayModel
import JSON
import NIOCore
import Testing

@testable import DataPlane

@Suite("A custom integration with a function")
struct CustomInvocationTests {
    private func gateway(
        _ type: String? = nil, template: String? = nil, log: String? = nil,
        responses: [REST.GatewayResponse] = []
    ) throws -> EmbeddedGateway {
        var integration = REST.Integration.function("AWS")
        integration.integrationResponses = ["202": REST.IntegrationResponse(statusCode: "202")]
        integration.requestParameters = type.map { ["integration.request.header.X-Amz-Invocation-Type": $0] }
        integration.requestTemplates = template.map { ["application/json": $0] }
        var api = TestRESTAPI("POST /a", integration)
        api.gatewayResponses = responses
        api.logFormat = log
        return try EmbeddedGateway(api.definition)
    }

    private func call(_ gateway: EmbeddedGateway, _ body: String = #"{"a":1}"#, _ fields: String...) -> String {
        let before = gateway.received.count
        gateway.send(TestGateway.request("POST", "/prod/a", fields, body: body))
        return String(gateway.received.dropFirst(before))
    }

    @Test("hands the event over for later, and gives the default response without a body")
    func asynchronous() throws {
        let gateway = try gateway("'Event'", log: "$context.status $context.integrationStatus")
        let answer = call(gateway)
        #expect(answer.hasPrefix("HTTP/1.1 202 ") && answer.hasSuffix("\r\n\r\n"))
        #expect(gateway.function.enqueued == [#"{"a":1}"#])
        #expect(try gateway.function.events.isEmpty)
        #expect(gateway.entries == ["202 202"])
    }

    @Test("is told by the client how it is invoked, where that is mapped, or by its template")
    func chosen() throws {
        let mapped = try gateway("method.request.header.InvocationType")
        mapped.function.answer("{}")
        for type in ["Event", "RequestResponse", "DryRun"] {
            #expect(call(mapped, "{}", "InvocationType: \(type)").hasPrefix("HTTP/1.1 202 "))
        }
        #expect(call(mapped).hasPrefix("HTTP/1.1 202 "))
        #expect(try (mapped.function.enqueued.count, mapped.function.events.count) == (1, 2))
        let overridden = try gateway(
            template: "#set($context.requestOverride.header.X-Amz-Invocation-Type = 'Event'){}")
        #expect(call(overridden).hasPrefix("HTTP/1.1 202 "))
        #expect(overridden.function.enqueued == ["{}"])
        let wrong = call(mapped, "{}", "InvocationType: event")
        #expect(wrong.hasPrefix("HTTP/1.1 400 ") && wrong.contains("Value 'event' at 'invocationType'"))
    }

    @Test("of a function without room for it is 500")
    func full() throws {
        let gateway = try gateway("'Event'")
        gateway.function.takesEvents = false
        #expect(call(gateway).hasSuffix(#"{"message": "Internal server error"}"#))
    }

    @Test("takes an event of 1 MB for later, and no longer one")
    func tooLong() throws {
        let gateway = try gateway("'Event'")
        let text = String(repeating: "x", count: 1_048_574)
        #expect(call(gateway, "\"\(text)\"").hasPrefix("HTTP/1.1 202 "))
        #expect(call(gateway, "\"\(text)x\"").hasSuffix(#"{"message": "Request Too Long"}"#))
        #expect(gateway.function.enqueued.count == 1)
    }

    @Test("whose event is no JSON gets Lambda's refusal", arguments: ["{", "a=1", #"{"a":1} x"#, "{\"a\":\"\u{1}\"}"])
    func noJSON(_ body: String) throws {
        let gateway = try gateway()
        let answer = call(gateway, body)
        #expect(answer.hasPrefix("HTTP/1.1 400 "))
        #expect(answer.contains("\r\nx-amzn-ErrorType: BadRequestException\r\n"))
        #expect(answer.contains(#"{"message": "Could not parse request body into json: "#))
        #expect(try gateway.function.events.isEmpty)
        var all = REST.GatewayResponse(responseType: "DEFAULT_4XX", statusCode: "418")
        all.responseTemplates = ["application/json": "$context.error.responseType"]
        #expect(call(try self.gateway(responses: [all]), body).hasSuffix("DEFAULT_4XX"))
    }

    @Test("of a proxy does not hear what is mapped")
    func proxy() throws {
        var integration = REST.Integration.function()
        integration.requestParameters = ["integration.request.header.X-Amz-Invocation-Type": "'Event'"]
        let gateway = try EmbeddedGateway(TestRESTAPI("POST /a", integration).definition)
        gateway.function.answer(#"{"statusCode":200}"#)
        #expect(call(gateway).hasPrefix("HTTP/1.1 200 "))
        #expect(gateway.function.enqueued.isEmpty)
    }
}
