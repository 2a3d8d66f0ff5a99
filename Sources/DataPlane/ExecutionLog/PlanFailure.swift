import GatewayModel
import NIOCore

/// Why a key, or the limits of a plan or a method, did not let a call pass, as AWS's execution log has it.
enum PlanFailure {
    /// `plan` is the usage plan's id; nil where the stage's settings of the method were exceeded.
    static func throttled(_ x: Exchange, _ bucket: TokenBucket, plan: String?) -> String {
        let limit = format(bucket.rate)
        let place =
            "RestApi \(x.stage?.key.apiId ?? ""), Stage \(x.stage?.key.stageName ?? ""), "
            + "Resource \(String(decoding: x.route?.method?.resourceId ?? [], as: UTF8.self)), "
            + "HttpMethod \(x.route?.method?.source.httpMethod ?? ""). Limit: \(limit) Burst: \(bucket.burst)"
        guard let plan else { return "Key throttle limit exceeded for " + place }
        return "API Key \(key(x)) exceeded throttle limit for API Stage \(stage(x)): "
            + "Key throttle limit exceeded for Usage Plan ID \(plan), " + place
    }

    static func exhausted(_ x: Exchange) -> String {
        let plan = x.rest.grant?.plan.definition
        return
            "API Key \(key(x)) exceeded quota limit for API Stage \(stage(x)): Key quota exhausted for Usage Plan ID "
            + "\(plan?.id ?? ""). Limit: \(plan?.quota?.limit ?? 0) Period: \(plan?.quota?.period ?? "")"
    }

    static func refused(_ x: Exchange) -> String {
        "API Key \(key(x)) not authorized because method '\(x.route?.name ?? "")' requires API Key and API Key is not "
            + "associated with a Usage Plan for API Stage \(stage(x)): No Usage Plan found for key and API Stage"
    }

    private static func key(_ x: Exchange) -> String {
        var text = ByteBuffer()
        x.writeLoggedKey(to: &text)
        return String(buffer: text)
    }

    private static func stage(_ x: Exchange) -> String {
        x.stage.map { "\($0.key.apiId)/\($0.key.stageName)" } ?? ""
    }

    /// With two decimals.
    private static func format(_ rate: Double) -> String {
        let hundredths = Int((min(rate, 1e12) * 100).rounded())
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}
