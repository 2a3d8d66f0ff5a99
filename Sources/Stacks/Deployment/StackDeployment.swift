/// What a deployment made.
package struct StackDeployment: Sendable {
    package struct Output: Sendable, Hashable {
        package let name: String
        package let value: String
        package let description: String?
    }

    /// An API at one of its stages.
    package struct Api: Sendable, Hashable {
        package let logicalId: String
        package let apiId: String
        package let stageName: String
        package var isWebSocket = false
        /// In the order of the template.
        package let routes: [Route]
    }

    package struct Route: Sendable, Hashable {
        /// `GET`, `ANY`, …; `ANY` for `$default`; empty for a WebSocket API's.
        package let method: String
        /// `/products/{id}`, or `$default`; of a WebSocket API, the route's key.
        package let path: String
        /// The function of the stack that the route calls; nil when it calls something else.
        package let functionLogicalId: String?
        /// What callers have to show: the names of authorizers, a signature, an API key.
        package var needs: [String] = []
    }

    package struct Function: Sendable, Hashable {
        package let logicalId: String
        package let functionName: String
        package let functionArn: String
    }

    package let stackName: String
    package let stackId: String
    package let outputs: [Output]
    package let apis: [Api]
    package let functions: [Function]
    /// Every resource, in the order of creation.
    package let resources: [ProvisionedResource]

    package func physicalId(of logicalId: String) -> String? {
        resources.first { $0.logicalId == logicalId }?.physicalId
    }
}

extension StackDeployment {
    /// What the record says that there is.
    package init(_ record: StackRecord) {
        self.init(
            stackName: record.name, stackId: record.stackId,
            outputs: record.outputs.map { Output(name: $0.name, value: $0.shownValue, description: $0.description) },
            apis: DeployedRoutes(record.resources).apis,
            functions: record.resources.filter { $0.type == ResourceType.lambdaFunction.name }.map {
                Function(logicalId: $0.logicalId, functionName: $0.physicalId, functionArn: $0.attributes["Arn"] ?? "")
            }, resources: record.resources.map(\.provisioned))
    }
}
