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
        #expect(Self.all.filter(\.isServed).count == 28)
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
}
