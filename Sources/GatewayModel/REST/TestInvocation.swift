package import JSON

extension REST {
    /// A call of TestInvokeMethod: one method of an API as it is now, deployed or not.
    package struct TestInvocation: Sendable {
        package let apiId: String
        package let account: AccountIdentity
        package let content: DeploymentContent
        package let resource: Resource
        package let method: Method
        /// The verb of the call: another one than the method's where that is ANY.
        package let httpMethod: String
        package let tester: Tester
        package var pathWithQueryString: String?
        package var body: String?
        package var headers: OrderedMap<String> = [:]
        package var multiValueHeaders: OrderedMap<[String]> = [:]
        package var stageVariables: OrderedMap<String> = [:]

        package init(
            apiId: String, account: AccountIdentity, content: DeploymentContent, resource: Resource, method: Method,
            httpMethod: String, tester: Tester
        ) {
            self.apiId = apiId
            self.account = account
            self.content = content
            self.resource = resource
            self.method = method
            self.httpMethod = httpMethod
            self.tester = tester
        }
    }

    /// Who tests a method, and what takes the place of a client and an endpoint then. Source: events of live tests.
    package struct Tester: Sendable {
        package static let stage = "test-invoke-stage"
        package static let domainPrefix = "testPrefix"
        package static let domainName = "testPrefix.testDomainName"
        package static let sourceIp = "test-invoke-source-ip"
        package static let apiKey = "test-invoke-api-key"
        package static let apiKeyId = "test-invoke-api-key-id"

        package let userArn: String
        package let userAgent: String?
        package let accessKey: String?

        package init(userArn: String, userAgent: String?, accessKey: String?) {
            self.userArn = userArn
            self.userAgent = userAgent
            self.accessKey = accessKey
        }
    }

    /// Source: botocore `TestInvokeMethodResponse` shape.
    package struct TestInvocationResult: Codable, Sendable {
        package var body: String
        /// The last value of each.
        package var headers: OrderedMap<String>
        /// Milliseconds.
        package var latency: Int
        package var log: String
        package var multiValueHeaders: OrderedMap<[String]>
        package var status: Int

        package init(
            status: Int, headers: OrderedMap<String>, multiValueHeaders: OrderedMap<[String]>, body: String,
            log: String,
            latency: Int
        ) {
            self.body = body
            self.headers = headers
            self.latency = latency
            self.log = log
            self.multiValueHeaders = multiValueHeaders
            self.status = status
        }
    }

    /// What of a plan's quota one key has used, and has left, on one day.
    package struct DailyUsage: Sendable, Equatable {
        package var used: Int
        package var remaining: Int

        package init(used: Int, remaining: Int) {
            self.used = used
            self.remaining = remaining
        }
    }
}
