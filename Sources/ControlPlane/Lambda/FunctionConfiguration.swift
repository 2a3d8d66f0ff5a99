// swift-format-ignore-file: AlwaysUseLowerCamelCase
// Members are spelled as on Lambda's wire, which writes them in PascalCase.

import GatewayModel
import JSON

/// What one version of a function is. Source: botocore `FunctionConfiguration` shape, less what is not offered.
///
/// It is the answer's body and the stored document at once. As stored it is settled (`State` Active) and unqualified;
/// `qualified`, `creating`, `updating` and `listed` make the other forms in which AWS answers it.
struct FunctionConfiguration: Codable, Sendable, Equatable {
    var FunctionName: String
    var FunctionArn: String
    var Runtime: String
    var Role: String
    var Handler: String
    var CodeSize: Int
    var Description: String
    /// Seconds.
    var Timeout: Int
    /// MB.
    var MemorySize: Int
    var LastModified: String
    /// SHA-256 of the package, in base64.
    var CodeSha256: String
    /// `$LATEST` or a number.
    var Version: String
    var Environment: EnvironmentResponse?
    /// Stored only: nothing is sampled.
    var TracingConfig: TracingConfigResponse
    var RevisionId: String
    var State: String?
    var StateReason: String?
    var StateReasonCode: String?
    var LastUpdateStatus: String?
    var LastUpdateStatusReason: String?
    var LastUpdateStatusReasonCode: String?
    var PackageType: String
    /// Stored only: a function runs on the machine's own architecture.
    var Architectures: [String]
    /// Stored only: `/tmp` is as large as the machine's.
    var EphemeralStorage: EphemeralStorageResponse
    var SnapStart: SnapStartResponse
    var RuntimeVersionConfig: RuntimeVersionConfigResponse?
    var LoggingConfig: LoggingConfigResponse
    /// Nil, not empty, when there are none (recorded).
    var Layers: [Layer]?

    /// A version of a layer.
    struct Layer: Codable, Sendable, Equatable {
        var Arn: String
        var CodeSize: Int
    }

    struct EnvironmentResponse: Codable, Sendable, Equatable {
        var Variables: OrderedMap<String>
    }

    struct TracingConfigResponse: Codable, Sendable, Equatable {
        /// `Active` or `PassThrough`.
        var Mode: String
    }

    struct EphemeralStorageResponse: Codable, Sendable, Equatable {
        /// MB.
        var Size: Int
    }

    struct SnapStartResponse: Codable, Sendable, Equatable {
        var ApplyOn: String
        var OptimizationStatus: String
    }

    struct RuntimeVersionConfigResponse: Codable, Sendable, Equatable {
        var RuntimeVersionArn: String
    }

    struct LoggingConfigResponse: Codable, Sendable, Equatable {
        /// `JSON` or `Text`.
        var LogFormat: String
        /// With JSON only.
        var ApplicationLogLevel: String?
        /// With JSON only.
        var SystemLogLevel: String?
        var LogGroup: String
    }
}

/// An alias: body and document. Source: botocore `AliasConfiguration` shape.
struct AliasConfiguration: Codable, Sendable, Equatable {
    var AliasArn: String
    var Name: String
    var FunctionVersion: String
    var Description: String
    var RoutingConfig: AliasRoutingConfiguration?
    var RevisionId: String

    struct AliasRoutingConfiguration: Codable, Sendable, Equatable {
        /// Share of calls by version; AWS allows one entry.
        var AdditionalVersionWeights: OrderedMap<Double>?
    }
}

extension FunctionConfiguration {
    /// The answer to a question for `qualifier`: AWS repeats it in the ARN.
    func qualified(_ qualifier: String?) -> FunctionConfiguration {
        guard let qualifier else { return self }
        var answer = self
        answer.FunctionArn += ":" + qualifier
        return answer
    }

    /// As CreateFunction answers: not yet Active, under a RevisionId that is gone when it is.
    var creating: FunctionConfiguration {
        var answer = self
        answer.State = "Pending"
        answer.StateReason = "The function is being created."
        answer.StateReasonCode = "Creating"
        answer.LastUpdateStatus = nil
        return answer
    }

    /// As updates answer, under a RevisionId that is gone when the update is done.
    var updating: FunctionConfiguration {
        var answer = self
        answer.LastUpdateStatus = "InProgress"
        answer.LastUpdateStatusReason = "The function is being created."
        answer.LastUpdateStatusReasonCode = "Creating"
        answer.RevisionId = Identifiers.uuid()
        return answer
    }

    /// As lists show it: without states.
    var listed: FunctionConfiguration {
        var answer = self
        answer.State = nil
        answer.LastUpdateStatus = nil
        answer.RuntimeVersionConfig = nil
        return answer
    }

    /// Code and configuration alone, to tell whether anything changed since a version was published.
    var content: FunctionConfiguration {
        var content = self
        content.FunctionArn = ""
        content.Version = ""
        content.RevisionId = ""
        content.LastModified = ""
        return content
    }
}
