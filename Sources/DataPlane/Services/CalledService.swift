import GatewayModel
import HTTPFront
import SigV4

/// An AWS service that an integration calls: what a request to it needs beside what every integration sends.
struct CalledService: Sendable {
    enum Place: Sendable {
        /// An endpoint of the operator's, which does not know the role.
        case endpoint(RequestSigner)
        /// In this server, without a socket.
        case own(any OwnServices)
    }

    let place: Place
    /// As URIs name it: `s3`.
    let name: String
    /// It has to be one that can be assumed.
    let role: String
    /// What stands before the endpoint's host; empty where nothing does.
    let subdomain: [HTTPIntegration.Part]
    /// `Action` in the query.
    let action: [UInt8]?
    /// `X-Amz-Target` of an action, where API Gateway sets it.
    let target: [UInt8]?
    /// The content type that goes with it.
    let contentType: [UInt8]?

    init(_ uri: ServiceURI, at place: Place, role: String, variables: [[UInt8]]) {
        self.place = place
        self.role = role
        name = uri.service
        subdomain = HTTPIntegration.parts(uri.subdomain ?? "", variables, isPath: false)
        guard case .action(let action, _) = uri.target else {
            self.action = nil
            target = nil
            contentType = nil
            return
        }
        self.action = Array(action.utf8)
        let name = uri.subdomain.map { $0 + "." + uri.service } ?? uri.service
        let spoken = Self.targets[name]
        target = spoken.map { Array("\($0.prefix).\(action)".utf8) }
        contentType = spoken.map { Array("application/x-amz-json-\($0.version)".utf8) }
    }

    var signer: RequestSigner? {
        if case .endpoint(let signer) = place { signer } else { nil }
    }

    static func signer(_ uri: ServiceURI, _ credentials: SigningCredentials) -> RequestSigner {
        RequestSigner(credentials, region: uri.region, service: signingNames[uri.service] ?? uri.service)
    }

    /// Where a request of that URI goes: the endpoint with the URI's path, or with further parameters of its action.
    static func location(_ uri: ServiceURI, at endpoint: String) -> String {
        switch uri.target {
        case .path(let path): endpoint + "/" + path
        case .action(_, let parameters): endpoint + "/" + (parameters.isEmpty ? "" : "?" + parameters)
        }
    }

    /// Services for whose actions nothing else has to be mapped: recorded of DynamoDB, Kinesis and Step Functions, and so
    /// used in public templates with Firehose and Cognito. For EventBridge (recorded), CloudWatch Logs and others the
    /// integration maps `X-Amz-Target`; SQS, SNS and SSM (recorded) take the query.
    private static let targets: [String: (prefix: String, version: String)] = [
        "dynamodb": ("DynamoDB_20120810", "1.0"), "streams.dynamodb": ("DynamoDBStreams_20120810", "1.0"),
        "kinesis": ("Kinesis_20131202", "1.1"), "firehose": ("Firehose_20150804", "1.1"),
        "states": ("AWSStepFunctions", "1.0"), "cognito-idp": ("AWSCognitoIdentityProviderService", "1.1"),
    ]

    /// Where a service's host is called otherwise than its signatures (botocore: endpointPrefix, signingName).
    private static let signingNames = [
        "email": "ses", "appsync-api": "appsync", "bedrock-runtime": "bedrock", "bedrock-agent-runtime": "bedrock",
    ]
}
