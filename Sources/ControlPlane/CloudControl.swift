import GatewayModel
import JSON
import Shapes

/// Cloud Control, as much as `sam list endpoints` asks of it: whether functions have URLs. None has: Gatehouse refuses to
/// make them.
enum CloudControl {
    static let service = TargetService(
        name: "cloudcontrolapi", target: "CloudApiService.",
        operations: [
            "GetResource": TargetOperation([
                .need("TypeName", .text(10...196)), .need("Identifier", .text(1...1024)),
            ]) { _, call throws(ServiceError) in
                let type = call.input.text("TypeName") ?? ""
                guard type == functionURL else {
                    throw error(
                        "UnsupportedActionException",
                        "Gatehouse does not serve \(type) by Cloud Control: call its service.")
                }
                throw error(
                    "ResourceNotFoundException",
                    "Resource of type '\(type)' with identifier '\(call.input.text("Identifier") ?? "")' was not found."
                )
            }
        ], messageMember: "Message",
        permissions: { operation, _, _ in [Permission("cloudformation:\(operation)", on: "*")] },
        resourcePolicy: { _, _ in nil })

    private static let functionURL = "AWS::Lambda::Url"

    private static func error(_ code: String, _ message: String) -> ServiceError {
        ServiceError(code, status: 400, message, messageMember: "Message")
    }
}
