import GatewayModel
import Testing

@Suite("The URI of an integration with an AWS service")
struct ServiceURITests {
    @Test("names region, service, and what is asked of it")
    func parts() throws {
        let action = try #require(ServiceURI("arn:aws:apigateway:eu-west-1:sqs:action/SendMessage&QueueName=a&b=c"))
        #expect(action.region == "eu-west-1" && action.service == "sqs" && action.subdomain == nil)
        #expect(action.target == .action("SendMessage", parameters: "QueueName=a&b=c"))
        let path = try #require(ServiceURI("arn:aws:apigateway:us-east-1:my.bucket.s3:path/{key}?acl"))
        #expect(path.service == "s3" && path.subdomain == "my.bucket" && path.target == .path("{key}?acl"))
    }

    @Test(
        "is told from what is none, and from a function's",
        arguments: [
            "", "arn:aws:sqs:us-east-1:1:q", "arn:aws:apigateway:us-east-1:sqs:SendMessage",
            "arn:aws:apigateway:us-east-1::action/A",
            "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:1:function:f/invocations",
        ])
    func others(_ uri: String) { #expect(ServiceURI(uri) == nil) }

    @Test("leads where this server, or its operator, says")
    func reached() throws {
        func fault(_ service: String, region: String = "us-east-1") -> String? {
            ServedServices(endpoints: ["sqs"]).fault(
                of: "arn:aws:apigateway:\(region):\(service):action/A", in: AccountIdentity())
        }
        for service in ["dynamodb", "s3", "bucket.s3", "logs", "sqs", "${stageVariables.service}"] {
            #expect(fault(service) == nil)
        }
        #expect(try #require(fault("states")).contains("--service-endpoint states=URL"))
        #expect(try #require(fault("streams.dynamodb")).contains("no endpoint"))
        #expect(fault("dynamodb", region: "eu-west-1") != nil)
        #expect(fault("dynamodb", region: "${stageVariables.region}") == nil)
    }
}
