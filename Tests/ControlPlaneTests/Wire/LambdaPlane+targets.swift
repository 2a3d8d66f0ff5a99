import JSON

@testable import ControlPlane

extension LambdaPlane {
    /// Calls an operation by its target, such as `AmazonSSM.GetParameter`.
    @discardableResult
    func target(_ target: String, _ members: JSONObject) async -> Answer {
        await call(
            "POST", "/", .object(members),
            headers: [("x-amz-target", target), ("content-type", "application/x-amz-json-1.1")])
    }
}
