import GatewayModel
import Testing

@testable import ControlPlane

@Suite struct ServiceFrontTests {
    private static let form = ("content-type", "application/x-www-form-urlencoded; charset=utf-8")

    private static func signed(_ service: String) -> (String, String) {
        (
            "authorization",
            "AWS4-HMAC-SHA256 Credential=AKIA/20261128/eu-central-1/\(service)/aws4_request, SignedHeaders=host, Signature=0"
        )
    }

    private func find(
        _ method: String, _ path: String, _ headers: [(String, String)], query: String = ""
    ) -> ServiceFront.Found {
        ServiceFront.find(
            ServiceHead(
                WireRequest(
                    method: method, path: path, query: query, headers: headers.map { (name: $0.0, value: $0.1) })))
    }

    @Test func theTargetComesFirst() {
        let tables = find("POST", "/", [("x-amz-target", "DynamoDB_20120810.GetItem"), Self.signed("lambda")])
        #expect(tables == ServiceFront.tables("GetItem"))
        #expect(tables.bodyLimit == 16_777_216)
        let queues = find(
            "POST", "/", [("x-amz-target", "AmazonSQS.ListQueues"), ("content-type", "application/x-amz-json-1.0")])
        #expect(queues.destination == .refused(service: "AmazonSQS"))
        #expect(queues.wire == .json(version: "1.0"))
        let events = find(
            "POST", "/",
            [
                ("x-amz-target", "AWSEvents.PutRule"), ("content-type", "application/x-amz-json-1.1"),
                Self.signed("events"),
            ])
        #expect(events.destination == .refused(service: "events"))
        #expect(events.wire == .json(version: "1.1"))
    }

    /// Source: `signingName` and `targetPrefix` of botocore's models. Lambda and STS have no targets.
    @Test(arguments: ["dynamodb", "lambda", "sts"])
    func aForeignTargetTellsWhatAServedNameHides(_ service: String) {
        let found = find(
            "POST", "/", [("x-amz-target", "DynamoDBStreams_20120810.ListStreams"), Self.signed(service)])
        #expect(found.destination == .refused(service: "DynamoDBStreams_20120810"))
        let older = find("POST", "/", [("x-amz-target", "DynamoDB_20111205.ListTables"), Self.signed(service)])
        #expect(older.destination == .refused(service: "DynamoDB_20111205"))
        let binary = find(
            "POST", "/service/DynamoDBStreams_20120810/operation/ListStreams",
            [("smithy-protocol", "rpc-v2-cbor"), Self.signed(service)])
        #expect(binary.destination == .refused(service: "DynamoDBStreams_20120810"))
    }

    @Test func thenThePathOfSmithysRPC() {
        let found = find(
            "POST", "/service/GraniteServiceVersion20100801/operation/PutMetricData",
            [("smithy-protocol", "rpc-v2-cbor"), Self.signed("monitoring")])
        #expect(found.destination == .refused(service: "monitoring"))
        #expect(found.wire == .cbor)
    }

    @Test func thenTheSignature() {
        #expect(find("GET", "/v2/apis", [Self.signed("apigateway")]).destination == .resources)
        #expect(find("GET", "/v2/apis", [Self.signed("s3")]).wire == .s3)
        #expect(find("POST", "/", [Self.form, Self.signed("sts")]).destination == .form(service: "sts"))
        #expect(find("POST", "/", [Self.form, Self.signed("ec2")]).wire == .ec2)
        #expect(find("POST", "/", [Self.form, Self.signed("ses")]).wire != .restJSON)
        #expect(find("GET", "/v2/email/identities", [Self.signed("ses")]).wire == .restJSON)
        #expect(find("GET", "/clusters", [Self.signed("eks")]).destination == .refused(service: "eks"))
        #expect(find("POST", "/", [Self.form, Self.signed("iam")]).destination == .form(service: "iam"))
        let presigned =
            "Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Credential=A%2F20261128%2Fus-east-1%2Fsts%2Faws4_request"
        #expect(find("GET", "/", [], query: presigned).destination == .form(service: "sts"))
        #expect(find("POST", "/", [Self.signed("dynamodb")]) == ServiceFront.tables(""))
    }

    @Test func thenTheHost() {
        func host(_ name: String) -> ServiceFront.Destination { find("GET", "/x", [("host", name)]).destination }
        #expect(host("sns.eu-central-1.amazonaws.com") == .refused(service: "sns"))
        #expect(host("my.bucket.s3.us-east-1.amazonaws.com:443") == .objects(hostBucket: "my.bucket"))
        #expect(host("bucket.s3.localhost:4566") == .objects(hostBucket: "bucket"))
        #expect(host("s3.localhost.localstack.cloud") == .objects(hostBucket: nil))
        #expect(host("lambda.us-east-1.localhost.localstack.cloud:4566") == .resources)
        #expect(host("sts.localhost") == .form(service: "sts"))
        #expect(host("localhost:4566") == .resources)
        #expect(host("sns.example.com") == .resources)
    }

    @Test func thenTheAction() {
        #expect(find("POST", "/", [Self.form]).destination == .form(service: nil))
        #expect(find("GET", "/", [], query: "Action=ListRoles").destination == .form(service: nil))
        #expect(find("GET", "/2015-03-31/functions", [], query: "Action=x").destination == .resources)
    }

    @Test func aBucketOfS3StandsInTheHostOrInThePath() {
        func bucket(_ host: String) -> ServiceFront.Destination {
            find("GET", "/x", [("host", host), Self.signed("s3")]).destination
        }
        #expect(bucket("127.0.0.1:4566") == .objects(hostBucket: nil))
        #expect(bucket("localhost:4566") == .objects(hostBucket: nil))
        #expect(bucket("bucket.localhost:4566") == .objects(hostBucket: "bucket"))
        #expect(find("GET", "/v20180820/jobs", [Self.signed("s3")]).destination == .refused(service: "s3control"))
    }

    @Test func gatehousesOwnPathsAreItsOwn() {
        #expect(find("GET", "/_gatehouse/health", [Self.signed("s3")]).destination == .resources)
    }
}

@Suite struct SecurityTokenServiceTests {
    private let lambda = LambdaPlane()

    private func post(_ form: String, _ service: String? = "sts") async -> Answer {
        var headers = [(name: "content-type", value: "application/x-www-form-urlencoded")]
        if let service {
            headers.append(
                ("authorization", "AWS4-HMAC-SHA256 Credential=A/20261128/eu-central-1/\(service)/aws4_request"))
        }
        return await lambda.call("POST", "/", headers: headers, payload: Array(form.utf8))
    }

    @Test(arguments: ["sts", nil])
    func tellsTheCallersAccount(_ service: String?) async {
        let answer = await post("Action=GetCallerIdentity&Version=2011-06-15", service)
        #expect(answer.status == 200)
        #expect(answer.header("content-type") == "text/xml")
        #expect(answer.text.contains("<Account>123456789012</Account>"))
        #expect(answer.text.contains("<Arn>arn:aws:iam::123456789012:root</Arn>"))
    }

    @Test func refusesTheRestAsQueryServicesDo() async {
        let answer = await post("Action=Get%3CSession%26Token&Version=2011-06-15")
        #expect(answer.status == 400)
        #expect(answer.text.contains("<Code>InvalidAction</Code>"))
        #expect(answer.text.contains("does not serve 'Get&lt;Session&amp;Token' of the service 'sts'."))
        #expect(await post("Action=ListStacks", nil).text.contains("does not serve the action 'ListStacks'"))
        #expect(await post("Action=ListRoles", nil).status == 200)
    }
}

@Suite struct WireProtocolTests {
    private let error = ServiceError("Fault", status: 400, "no <way> & \"no\"\u{1} reason")

    private func text(_ wire: WireProtocol) -> String {
        String(decoding: wire.response(error, requestId: "id").body, as: UTF8.self)
    }

    @Test func everyProtocolHasItsOwnError() {
        let message = "no &lt;way&gt; &amp; &quot;no&quot; reason"
        let declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        #expect(
            text(.query(namespace: "http://a/"))
                == declaration + "<ErrorResponse xmlns=\"http://a/\"><Error><Type>Sender</Type><Code>Fault</Code>"
                + "<Message>\(message)</Message></Error><RequestId>id</RequestId></ErrorResponse>")
        #expect(
            text(.ec2)
                == declaration + "<Response><Errors><Error><Code>Fault</Code><Message>\(message)</Message></Error>"
                + "</Errors><RequestID>id</RequestID></Response>")
        #expect(
            text(.s3)
                == declaration
                + "<Error><Code>Fault</Code><Message>\(message)</Message><RequestId>id</RequestId></Error>")
        #expect(text(.json(version: "1.1")).hasPrefix(#"{"__type":"Fault","message":"no <way>"#))
    }

    /// Source: RFC 8949, section 3: a map of two pairs, texts shorter than 24, shorter than 256, and longer.
    @Test func cborIsWrittenByItsLengths() {
        #expect(CBOR.map([("a", "b"), ("c", "")]) == [0xA2, 0x61, 0x61, 0x61, 0x62, 0x61, 0x63, 0x60])
        #expect(CBOR.map([("", String(repeating: "x", count: 24))]).prefix(4) == [0xA1, 0x60, 0x78, 24])
        #expect(CBOR.map([("", String(repeating: "x", count: 300))]).prefix(5) == [0xA1, 0x60, 0x79, 1, 44])
    }
}
