import GatewayModel
import JSON
import Testing

@testable import DataPlane

@Suite("An integration with DynamoDB")
struct TableIntegrationTests {
    private func integration(
        _ target: String = "action/GetItem", region: String = "us-east-1", verb: String = "POST",
        _ change: (inout REST.Integration) -> Void = { _ in }
    ) -> REST.Integration {
        var integration = REST.Integration(type: "AWS")
        integration.httpMethod = verb
        integration.uri = "arn:aws:apigateway:\(region):dynamodb:\(target)"
        integration.credentials = "arn:aws:iam::000000000000:role/any"
        integration.requestTemplates = [
            "application/json": #"{"TableName":"pets","Key":{"id":{"S":"$input.params('id')"}}}"#
        ]
        integration.integrationResponses = ["200": REST.IntegrationResponse(statusCode: "200")]
        change(&integration)
        return integration
    }

    private func gateway(
        _ tables: StandInTables?, _ integration: REST.Integration, log: String? = nil
    ) throws -> EmbeddedGateway {
        var api = TestRESTAPI("POST /pets/{id}", integration)
        api.logFormat = log
        return try EmbeddedGateway(api.definition, services: AWSServices(tables: tables))
    }

    private let call = TestGateway.request("POST", "/prod/pets/7")

    @Test("asks the tables with what the template made, and passes the answer on")
    func called() throws {
        let tables = StandInTables(200, #"{"Item":{}}"#)
        let gateway = try gateway(
            tables, integration(), log: "$context.integration.status $context.awsEndpointRequestId")
        gateway.send(call)
        #expect(tables.asked == [#"GetItem {"TableName":"pets","Key":{"id":{"S":"7"}}}"#])
        #expect(gateway.statuses == ["200 OK"])
        #expect(gateway.received.hasSuffix(#"{"Item":{}}"#))
        // Recorded: the client is told JSON's own type, and the trace.
        #expect(gateway.received.contains("\r\nContent-Type: application/json\r\n"))
        #expect(gateway.received.contains("\r\nX-Amzn-Trace-Id: "))
        #expect(gateway.entries == ["200 REQUEST"])
    }

    @Test("selects its answer by DynamoDB's status, and maps DynamoDB's fields")
    func selected() throws {
        let tables = StandInTables(400, #"{"__type":"x#ConditionalCheckFailedException"}"#)
        let gateway = try gateway(
            tables,
            integration {
                var conflict = REST.IntegrationResponse(statusCode: "409")
                conflict.selectionPattern = "400"
                conflict.responseParameters = [
                    "method.response.header.x-id": "integration.response.header.x-amzn-RequestId"
                ]
                conflict.responseTemplates = ["application/json": "$input.path('$.__type').split('#')[1]"]
                $0.integrationResponses?["409"] = conflict
            })
        gateway.send(call)
        #expect(gateway.statuses == ["409 Conflict"])
        #expect(gateway.received.contains("\r\nx-id: REQUEST\r\n"))
        #expect(gateway.received.hasSuffix("ConditionalCheckFailedException"))
    }

    @Test("by path takes the operation from X-Amz-Target, and none from elsewhere")
    func byPath() throws {
        let cases: [(OrderedMap<String>, String)] = [
            (["integration.request.header.X-Amz-Target": "'DynamoDB_20120810.Scan'"], "Scan {}"),
            (["integration.request.header.X-Amz-Target": "'DynamoDB_20111205.Scan'"], " {}"), ([:], " {}"),
        ]
        for (parameters, asked) in cases {
            let tables = StandInTables()
            let gateway = try gateway(
                tables,
                integration("path//") {
                    $0.requestParameters = parameters
                    $0.requestTemplates = ["application/json": "{}"]
                })
            gateway.send(call)
            #expect(tables.asked == [asked])
        }
    }

    @Test("by another verb than POST names no operation")
    func verbs() throws {
        let tables = StandInTables()
        try gateway(tables, integration(verb: "GET")).send(call)
        try gateway(tables, integration(verb: "ANY")).send(call)
        #expect(tables.asked.map { $0.prefix { $0 != " " } } == ["", "GetItem"])
    }

    @Test("of another region, and of a server without tables, is called in vain")
    func elsewhere() throws {
        for gateway in [
            try gateway(StandInTables(), integration(region: "eu-west-1")), try gateway(nil, integration()),
        ] {
            gateway.send(call)
            #expect(gateway.statuses == ["500 Internal Server Error"])
            #expect(gateway.received.hasSuffix(#"{"message": "Internal server error"}"#))
        }
    }

    @Test("whose client has gone finds nobody for its answer")
    func leftAlone() throws {
        let tables = StandInTables(holds: true)
        let gateway = try gateway(tables, integration(), log: "$context.status")
        gateway.send(call)
        gateway.reset()
        tables.release()
        #expect(gateway.entries == ["499"])
        #expect(gateway.received.isEmpty)
    }
}
