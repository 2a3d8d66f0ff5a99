import ControlPlane
import JSON

/// What `gatehouse operations` prints.
package enum ServedOperations {
    private static var served: [Operation] {
        AllOperations.list.filter(\.isServed).sorted { ($0.service.rawValue, $0.name) < ($1.service.rawValue, $1.name) }
    }

    /// A list of objects: service (as SDKs name it), name, method, path and status.
    package static var json: String {
        JSONValue.array(
            served.map { operation in
                [
                    "service": .string(operation.modelName), "name": .string(operation.name),
                    "method": .string(operation.method.rawValue), "path": .string(operation.path),
                    "status": .number(operation.success),
                ]
            }
        ).prettyText()
    }

    package static var text: String {
        served.map { "\($0.modelName) \($0.name)" }.joined(separator: "\n")
    }
}

extension Operation {
    /// The service as SDKs name it.
    fileprivate var modelName: String {
        switch service {
        case .apigateway: path.hasPrefix("/v2/") ? "apigatewayv2" : "apigateway"
        case .lambda: "lambda"
        }
    }
}
