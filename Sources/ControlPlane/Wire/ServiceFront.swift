/// What tells of a management request, before its body is read, which service it is for.
package struct ServiceHead: Sendable {
    package var method = ""
    package var path = ""
    /// Without the question mark, encoding kept.
    package var query = ""
    package var host = ""
    package var authorization: String?
    /// X-Amz-Target.
    package var target: String?
    package var smithyProtocol: String?
    package var contentType = ""

    package init() {}

    package init(_ request: WireRequest) {
        method = request.method
        path = request.path
        query = request.query
        for header in request.headers { take(header.name, header.value) }
    }

    /// One header field, its name in lower case.
    package mutating func take(_ name: String, _ value: String) {
        switch name {
        case "host": host = value
        case "authorization": authorization = authorization ?? value
        case "x-amz-target": target = target ?? value
        case "smithy-protocol": smithyProtocol = smithyProtocol ?? value
        case "content-type": contentType = value.lowercased()
        default: break
        }
    }
}

/// The one place that decides which service a management request is for, and in which protocol it is called.
package enum ServiceFront {
    package enum Destination: Sendable, Equatable {
        /// DynamoDB's operation.
        case tables(operation: String)
        /// Cognito's operation.
        case userPools(operation: String)
        /// An operation of CloudWatch Logs.
        case logs(operation: String)
        /// An operation of another service that is named by X-Amz-Target.
        case targeted(service: String, operation: String)
        /// S3's operations; the bucket that the host names.
        case objects(hostBucket: String?)
        /// CloudFormation's operations.
        case stacks
        /// The operations that are found by method and path.
        case resources
        /// A service of forms, by its name; nil where only the `Action` tells.
        case form(service: String?)
        /// A service that is not served, by the name that its clients sign with or call it by.
        case refused(service: String)
    }

    package struct Found: Sendable, Equatable {
        package let destination: Destination
        package let wire: WireProtocol
        /// Bytes of the body that are read.
        package let bodyLimit: Int

        init(_ destination: Destination, _ wire: WireProtocol, _ bodyLimit: Int = ServiceFront.formBytes) {
            self.destination = destination
            self.wire = wire
            self.bodyLimit = bodyLimit
        }
    }

    /// What X-Amz-Target of a table's operation begins with; the operation follows.
    package static let tableTarget = "DynamoDB_20120810."
    /// DynamoDB takes request bodies of at most 16 MB.
    package static let tableBytes = 16_777_216
    /// Lambda: 70,167,211 bytes for CreateFunction, the largest call of all.
    package static let resourceBytes = 70_167_211
    /// A form holds parameters; STS's longest is a token of 20,000 characters.
    package static let formBytes = 1_048_576

    package static func tables(_ operation: String) -> Found {
        Found(.tables(operation: operation), .json(version: "1.0"), tableBytes)
    }

    /// Of a request that says nothing of its service: its method and path may name an operation.
    package static let unknown = Found(.resources, .restJSON, resourceBytes)

    /// In the order in which a client can be trusted to have meant it: the target header, the path of Smithy's RPC, what
    /// the call was signed for, the host, and then a form's action.
    package static func find(_ head: ServiceHead) -> Found {
        if head.path.hasPrefix("/_gatehouse/") { return unknown }
        if let target = head.target {
            if target.hasPrefix(tableTarget) { return tables(String(target.dropFirst(tableTarget.count))) }
            if target.hasPrefix(userPoolTarget) { return userPools(String(target.dropFirst(userPoolTarget.count))) }
            if target.hasPrefix(logTarget) { return logs(String(target.dropFirst(logTarget.count))) }
            if let service = TargetService.all.first(where: { target.hasPrefix($0.target) }) {
                return targeted(service, String(target.dropFirst(service.target.count)))
            }
            let version = head.contentType.hasPrefix("application/x-amz-json-1.0") ? "1.0" : "1.1"
            return Found(
                .refused(service: service(of: head, else: target.prefix { $0 != "." })), .json(version: version))
        }
        let parts = head.path.split(separator: "/")
        if head.smithyProtocol == "rpc-v2-cbor", parts.count == 4, parts[0] == "service", parts[2] == "operation" {
            return Found(.refused(service: service(of: head, else: parts[1])), .cbor)
        }
        if isOnlyOfObjects(head) { return objects(head) }
        let isForm =
            head.contentType.hasPrefix("application/x-www-form-urlencoded")
            || parts.isEmpty && head.query.split(separator: "&").contains { $0.hasPrefix("Action=") }
        if let service = signedFor(head) ?? ServiceNames.service(ofHost: head.host) {
            return service == BucketHost.service ? objects(head) : of(service, isForm)
        }
        return isForm ? Found(.form(service: nil), .query(namespace: "")) : unknown
    }

    /// What no other service has: signatures of version 2, in URLs as boto3 makes them by itself, and forms with a file.
    private static func isOnlyOfObjects(_ head: ServiceHead) -> Bool {
        if head.query.contains("AWSAccessKeyId="), head.query.contains("Signature=") { return true }
        if head.authorization?.hasPrefix("AWS ") == true { return true }
        return head.method == "POST" && head.contentType.hasPrefix("multipart/form-data")
            && head.path.split(separator: "/").count < 2
    }

    /// S3's, or those of its control API, which signs with S3's name and has a path of its own.
    private static func objects(_ head: ServiceHead) -> Found {
        if head.path.hasPrefix("/v20180820/") { return Found(.refused(service: "s3control"), .s3) }
        return Found(.objects(hostBucket: BucketHost.bucket(of: head.host)), .s3)
    }

    private static func of(_ service: String, _ isForm: Bool) -> Found {
        if Service(rawValue: service) != nil { return unknown }
        // Without a target it has no operation.
        if service == "dynamodb" { return tables("") }
        if service == "cognito-idp" { return userPools("") }
        if service == CloudFormationWire.service { return Found(.stacks, CloudFormationWire.wire) }
        if service == logService { return logs("") }
        if let targets = TargetService.named(service) { return targeted(targets, "") }
        // Roles Anywhere signs with the name of IAM, and sends no forms.
        if let forms = FormService.named(service), isForm || service != IAM.service.name {
            return Found(.form(service: service), forms.wire)
        }
        return Found(.refused(service: service), ServiceNames.wire(of: service, isForm: isForm))
    }

    /// The service of a call that names none that is served. DynamoDB Streams signs with DynamoDB's name: of such a call
    /// what it names alone tells (`DynamoDBStreams_20120810`).
    private static func service(of head: ServiceHead, else named: Substring) -> String {
        if let service = signedFor(head), case .refused = of(service, false).destination { return service }
        return String(named)
    }

    private static func signedFor(_ head: ServiceHead) -> String? {
        CredentialScope(authorization: head.authorization, query: head.query)?.service
    }
}

extension ServiceFront.Found {
    /// The answer to a call of a service that is not served, with the reason, as its clients read it.
    package func refuse(requestId: String) -> WireResponse {
        let name =
            switch destination {
            case .refused(let service): "the service '\(service)'"
            case .tables(let operation), .userPools(let operation), .logs(let operation),
                .targeted(_, let operation):
                "the operation '\(operation)' here"
            case .resources, .form, .objects, .stacks: "this call"
            }
        return wire.response(wire.refusal("Gatehouse does not serve \(name)."), requestId: requestId)
    }
}
