import GatewayModel

extension StackPlan {
    /// Makes the resources one after the other through the management API. A resource that cannot be made ends it.
    package func deploy(through management: some Management) async throws(TemplateError) -> StackDeployment {
        let stackId =
            "arn:\(account.partition):cloudformation:\(account.region):\(account.accountId):stack/\(stackName)/"
            + Identifiers.uuid()
        var resolver = IntrinsicResolver(
            parameters: parameters,
            pseudoParameters: PseudoParameters(account: account, stackName: stackName, stackId: stackId))
        let calls = ManagementCalls(management: management)
        var made: [ProvisionedResource] = []
        var properties: [String: TemplateMap] = [:]
        for resource in resources {
            let resolved = try worked(out: resource.path) { () throws(IntrinsicResolver.Failure) in
                try resolver.resolve(resource.properties)
            }
            let provisioned = try await make(resource, PropertyReader(properties: resolved), calls)
            properties[resource.logicalId] = resolved
            resolver.resources[resource.logicalId] = provisioned
            made.append(provisioned)
        }
        return StackDeployment(
            stackName: stackName, stackId: stackId, outputs: try outputs(resolver),
            apis: DeployedRoutes(made, properties).apis,
            functions: made.filter { $0.type == ResourceType.lambdaFunction.name }.map {
                StackDeployment.Function(
                    logicalId: $0.logicalId, functionName: $0.physicalId, functionArn: $0.attributes["Arn"] ?? "")
            }, resources: made)
    }

    private func make(
        _ resource: PlainResource, _ properties: PropertyReader, _ calls: ManagementCalls
    ) async throws(TemplateError) -> ProvisionedResource {
        guard let type = ResourceType.all[resource.type] else {
            throw error("the resource type \(resource.type) is not supported yet", resource.line, resource.path)
        }
        let request = ResourceRequest(
            logicalId: resource.logicalId, properties: properties, stackName: stackName, account: account,
            calls: calls)
        do { return try await type.create(request) } catch {
            throw self.error(error.message, error.line ?? resource.line, resource.path)
        }
    }

    private func outputs(_ resolver: IntrinsicResolver) throws(TemplateError) -> [StackDeployment.Output] {
        var resolved: [StackDeployment.Output] = []
        for output in outputs {
            let value = try worked(out: output.path) { () throws(IntrinsicResolver.Failure) in
                try resolver.resolve(output.value)
            }
            guard let text = value?.text else {
                throw error(
                    "Template format error: The Value field of every Outputs member must evaluate to a String.",
                    output.line, output.path)
            }
            resolved.append(
                StackDeployment.Output(name: output.name, value: text, description: output.description))
        }
        return resolved
    }

    private func worked<Value>(
        out path: String, _ body: () throws(IntrinsicResolver.Failure) -> Value
    ) throws(TemplateError) -> Value {
        do { return try body() } catch { throw self.error(error.message, error.line, path) }
    }

    private func error(_ message: String, _ line: Int, _ path: String) -> TemplateError {
        TemplateError([TemplateProblem(file: file, line: line, path: path, message: message)])
    }
}
