import GatewayModel

/// Reads and checks the access log settings of a stage. Source: docs/http-api-logging and the service's messages.
enum AccessLogRules {
    /// The settings with the members given; nil when nothing is set afterwards.
    static func read(
        _ members: RequestMembers, changing old: V2.AccessLogSettings?
    ) throws(ServiceError) -> V2.AccessLogSettings? {
        guard !members.names.isEmpty else { return nil }
        var settings = old ?? V2.AccessLogSettings()
        if let destination = try members.string("destinationArn") {
            settings.destinationArn = destination.hasSuffix(":*") ? String(destination.dropLast(2)) : destination
        }
        if let format = try members.string("format") { settings.format = format }
        guard let destination = settings.destinationArn, let format = settings.format, !destination.isEmpty,
            !format.isEmpty
        else { throw V2Error.badRequest("Exactly one of [destinationArn, format] must be specified.") }
        try checkDestination(destination)
        try checkFormat(format)
        return settings
    }

    /// A log group's ARN; HTTP APIs log to nothing else.
    static func checkDestination(_ arn: String) throws(ServiceError) {
        let parts = arn.split(separator: ":", maxSplits: 6, omittingEmptySubsequences: false)
        guard parts.count >= 6, parts[0] == "arn" else {
            throw V2Error.badRequest("Invalid ARN specified in the request for the access log destination: '\(arn)'")
        }
        guard parts.count == 7, parts[2] == "logs", parts[5] == "log-group", isLogGroupName(parts[6]) else {
            throw V2Error.badRequest(
                "Access log destination must only contain characters a-z, A-Z, 0-9, '_', '-', '/', '.': "
                    + "'\(parts[5...].joined(separator: ":"))'")
        }
    }

    private static func isLogGroupName(_ name: Substring) -> Bool {
        !name.isEmpty && name.utf8.count <= 512
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "_-/.#".utf8.contains(byte)
                }
            }
    }

    static func checkFormat(_ format: String) throws(ServiceError) {
        guard format.utf8.count <= V2Quotas.accessLogFormatLength else {
            throw V2Error.badRequest(
                "The access log format must have at most \(V2Quotas.accessLogFormatLength) bytes.")
        }
        guard format.contains("$context.requestId") || format.contains("$context.extendedRequestId") else {
            throw V2Error.badRequest(
                "The following errors are found in Access Log Format: Access Log format must include either "
                    + "$context.requestId or $context.extendedRequestId : '\(format)'")
        }
    }
}
