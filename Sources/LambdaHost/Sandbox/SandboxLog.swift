import GatewayModel
import NIOCore

/// The log stream of one environment: the function's lines and the platform's, in order.
final class SandboxLog {
    let stream: String
    private let functionName: String
    private let group: String
    private let isJSON: Bool
    private let sink: any FunctionLogSink
    private var partial: [UInt8] = []
    /// The last 4 KB of the invocation under way.
    private(set) var tail: [UInt8] = []

    init(definition: Lambda.FunctionDefinition, version: Lambda.FunctionVersion, sink: any FunctionLogSink) {
        self.sink = sink
        functionName = definition.functionName
        group = version.logGroup
        isJSON = version.logFormat == "JSON"
        let date = Timestamp(milliseconds: SystemClock.epochMilliseconds).iso8601.prefix(10)
        let day = date.split(separator: "-").joined(separator: "/")
        let isOwnGroup = version.logGroup == "/aws/lambda/\(definition.functionName)"
        let name = isOwnGroup ? "" : definition.functionName
        stream = "\(day)/\(name)[\(version.version)]\(Identifiers.hex(32))"
    }

    // MARK: The function's output

    func output(_ bytes: some Sequence<UInt8>) {
        for byte in bytes {
            if byte == 0x0A {
                emitPartial()
            } else {
                partial.append(byte)
                if partial.count >= LambdaLimits.logLineBytes { emitPartial() }
            }
        }
    }

    func endOfOutput() {
        if !partial.isEmpty { emitPartial() }
    }

    private func emitPartial() {
        write(partial, isPlatform: false)
        partial.removeAll(keepingCapacity: true)
    }

    // MARK: The platform's lines

    func platform(_ text: String) {
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            write(Array(line.utf8), isPlatform: true)
        }
    }

    func begin(_ requestId: String, version: String) {
        tail.removeAll(keepingCapacity: true)
        if isJSON {
            event("platform.start", #"{"requestId":"\#(requestId)","version":"\#(version)"}"#)
        } else {
            platform("START RequestId: \(requestId) Version: \(version)")
        }
    }

    func timedOut(_ requestId: String, seconds: Int) {
        guard !isJSON else { return }
        let now = Timestamp(milliseconds: SystemClock.epochMilliseconds).iso8601Milliseconds
        platform("\(now) \(requestId) Task timed out after \(seconds).00 seconds\n")
    }

    func end(
        _ requestId: String, milliseconds: Double, memorySize: Int, memoryUsed: Int, initMilliseconds: Double?,
        ending: RunningInvocation.Ending
    ) {
        let billed = Int((milliseconds + (initMilliseconds ?? 0)).rounded(.up))
        guard !isJSON else {
            var metrics = #""durationMs":\#(milliseconds.twoDecimals),"billedDurationMs":\#(billed),"#
            metrics += #""memorySizeMB":\#(memorySize),"maxMemoryUsedMB":\#(memoryUsed)"#
            if let initMilliseconds { metrics += #","initDurationMs":\#(initMilliseconds.twoDecimals)"# }
            event(
                "platform.report",
                #"{"requestId":"\#(requestId)","metrics":{\#(metrics)},"status":"\#(ending.status)"}"#)
            return
        }
        platform("END RequestId: \(requestId)")
        var report =
            "REPORT RequestId: \(requestId)\tDuration: \(milliseconds.twoDecimals) ms\tBilled Duration: \(billed) ms"
        report += "\tMemory Size: \(memorySize) MB\tMax Memory Used: \(memoryUsed) MB\t"
        if let initMilliseconds { report += "Init Duration: \(initMilliseconds.twoDecimals) ms\t" }
        if case .failed(_, let status?, let type) = ending {
            report += "Status: \(status)" + (type.map { "\tError Type: \($0)" } ?? "")
        }
        platform(report)
    }

    private func event(_ type: String, _ record: String) {
        let now = Timestamp(milliseconds: SystemClock.epochMilliseconds).iso8601Milliseconds
        platform(#"{"time":"\#(now)","type":"\#(type)","record":\#(record)}"#)
    }

    private func write(_ text: [UInt8], isPlatform: Bool) {
        tail.append(contentsOf: text)
        tail.append(0x0A)
        if tail.count > LambdaLimits.logTailBytes { tail.removeFirst(tail.count - LambdaLimits.logTailBytes) }
        sink.append(
            FunctionLogLine(
                functionName: functionName, logGroup: group, logStream: stream, text: text, isPlatform: isPlatform))
    }
}

extension RunningInvocation.Ending {
    var status: String {
        switch self {
        case .succeeded: "success"
        case .failed(_, let status, _): status ?? "error"
        }
    }
}

extension Double {
    /// Two decimals, as REPORT lines have them.
    var twoDecimals: String {
        let hundredths = Int((self * 100).rounded())
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}
