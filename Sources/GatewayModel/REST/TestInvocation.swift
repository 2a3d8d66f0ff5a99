package import JSON

extension REST {
    /// A call of TestInvokeMethod: one method of an API as it is now, deployed or not.
    package struct TestInvocation: Sendable {
        package let apiId: String
        package let account: AccountIdentity
        package let content: DeploymentContent
        package let resource: Resource
        package let method: Method
        package var pathWithQueryString: String?
        package var body: String?
        package var headers: OrderedMap<String> = [:]
        package var multiValueHeaders: OrderedMap<[String]> = [:]
        package var stageVariables: OrderedMap<String> = [:]

        package init(
            apiId: String, account: AccountIdentity, content: DeploymentContent, resource: Resource, method: Method
        ) {
            self.apiId = apiId
            self.account = account
            self.content = content
            self.resource = resource
            self.method = method
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
