import JSON
import Testing

@testable import ControlPlane

@Suite struct LambdaRefusalsTests {
    private static let all: [Operation] = AllOperations.list.filter { $0.service == .lambda }

    /// Source: botocore 1.43.11 has 85 operations; GetLayerVersionByArn and ListProvisionedConcurrencyConfigs share
    /// their paths with ListLayers and GetProvisionedConcurrencyConfig.
    @Test func everyOperationOfTheModelAnswers() {
        let names = Set(Self.all.map(\.name)).subtracting(["DownloadFunctionCode"])
        #expect(names.count == 83)
    }

    @Test func onlyServedOnesCount() {
        #expect(Self.all.filter(\.isServed).count == 44)
        #expect(LambdaOperations.refused.allSatisfy { !$0.isServed })
    }

    @Test(arguments: LambdaOperations.refused)
    func saysWhy(_ operation: Operation) async {
        let path = operation.path.split(separator: "/").map { $0.hasPrefix("{") ? "x" : $0 }.joined(separator: "/")
        let answer = await LambdaPlane().call(operation.method.rawValue, "/" + path)
        #expect(answer.status == 400)
        #expect(answer.errorType == "InvalidParameterValueException")
        #expect(answer["Type"] == "User")
        #expect(answer.message?.hasPrefix(operation.name + ": ") == true)
    }

    /// What is not served has no resources: lists of them say so, and tools that only look go on.
    @Test(arguments: [
        ("layers", "2018-10-31/layers", "Layers"), ("versions", "2018-10-31/layers/x/versions", "LayerVersions"),
        ("mappings", "2015-03-31/event-source-mappings", "EventSourceMappings"),
        ("signing", "2020-04-22/code-signing-configs", "CodeSigningConfigs"),
        ("providers", "2025-11-30/capacity-providers", "CapacityProviders"),
        ("urls", "2021-10-31/functions/hello/urls", "FunctionUrlConfigs"),
        ("events", "2019-09-25/functions/hello/event-invoke-config/list", "FunctionEventInvokeConfigs"),
        ("durable", "2025-12-01/functions/hello/durable-executions", "DurableExecutions"),
    ])
    func listsOfNothingAreEmpty(_ name: String, _ path: String, _ member: String) async {
        let lambda = LambdaPlane()
        await lambda.create()
        let answer = await lambda.call("GET", "/" + path)
        #expect(answer.status == 200)
        #expect(answer.json == .object([member: []]))
        if path.contains("hello") {
            let missing = await lambda.call("GET", "/" + path.replacing("hello", with: "nobody"))
            #expect(missing.errorType == "ResourceNotFoundException")
        }
    }

    @Test func noConcurrencyIsProvisioned() async {
        let lambda = LambdaPlane()
        await lambda.create()
        let path = "/2019-09-30/functions/hello/provisioned-concurrency"
        let list = await lambda.call("GET", path, query: "List=ALL")
        #expect(list.json == ["ProvisionedConcurrencyConfigs": []])
        let one = await lambda.call("GET", path, query: "Qualifier=$LATEST")
        #expect(one.status == 404)
        #expect(one.errorType == "ProvisionedConcurrencyConfigNotFoundException")
    }
}
