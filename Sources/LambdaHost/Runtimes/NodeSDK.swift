import GatewayModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The AWS SDK for JavaScript v3, which AWS's Node.js runtimes bring. Here it lies beside the private interpreters, in
/// `nodejs/node_modules`, once it has been installed.
package enum NodeSDK {
    /// AWS's runtimes have a package for every service; these are the ones that functions use most. More can be put beside
    /// them with npm.
    package static let packages = [
        "client-api-gateway", "client-apigatewaymanagementapi", "client-bedrock-runtime", "client-cloudformation",
        "client-cloudwatch", "client-cloudwatch-logs", "client-cognito-identity-provider", "client-dynamodb",
        "client-ecs", "client-eventbridge", "client-firehose", "client-iam", "client-kinesis", "client-kms",
        "client-lambda", "client-rds-data", "client-s3", "client-scheduler", "client-secrets-manager", "client-ses",
        "client-sesv2", "client-sfn", "client-sns", "client-sqs", "client-ssm", "client-sts", "credential-providers",
        "lib-dynamodb", "lib-storage", "s3-presigned-post", "s3-request-presigner", "util-dynamodb",
    ].map { "@aws-sdk/" + $0 }

    static func folder(in runtimes: String) -> String { runtimes + "/nodejs" }

    /// The folder whose `node_modules` has the SDK; nil when it is not installed.
    package static func installed(in runtimes: String?) -> String? {
        guard let runtimes else { return nil }
        let folder = Self.folder(in: runtimes)
        return access(folder + "/node_modules/@aws-sdk", R_OK | X_OK) == 0 ? folder : nil
    }

    /// What installs it by hand.
    package static func command(for runtimes: String) -> String {
        "npm install --prefix \(folder(in: runtimes)) @aws-sdk/client-dynamodb ..."
    }

    /// Installs the packages with npm; `onLine` hears what npm says. Answers why it did not work, nil when it did.
    package static func install(
        into runtimes: String, searchPath: String, environment: [String],
        onLine: @escaping @Sendable (String) -> Void
    ) async -> String? {
        let candidates = searchPath.split(separator: ":").map { folder -> String in "\(folder)/npm" }
        guard let npm = candidates.first(where: { access($0, X_OK) == 0 }) else {
            return
                "npm was not found in \(searchPath): install it, or copy \(folder(in: runtimes)) from a machine that has it."
        }
        for folder in [runtimes, Self.folder(in: runtimes)] where access(folder, F_OK) != 0 && mkdir(folder, 0o755) != 0
        {
            return "The folder \(folder) cannot be made: \(SystemReason.text(errno))."
        }
        let arguments = ["install", "--no-audit", "--no-fund", "--prefix", folder(in: runtimes)]
        let (succeeded, lines) = await ToolProcess(
            executable: npm, arguments: arguments + packages, environment: environment, folder: runtimes
        ).run(onLine: onLine)
        guard !succeeded else { return nil }
        let errors = lines.filter { $0.hasPrefix("npm error") || $0.hasPrefix("npm ERR!") }
        return "npm could not install the AWS SDK for JavaScript:\n  "
            + (errors.isEmpty ? lines : errors).suffix(linesTold).joined(separator: "\n  ")
    }

    private static let linesTold = 10
}
