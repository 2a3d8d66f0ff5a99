import GatewayModel
import NIOCore

/// The log stream of one environment: the function's lines and the platform's, in order.
final class SandboxLog {
    let stream: String
    private let isJSON: Bool
    private let lines: any FunctionLogStream
    /// Output of the function since its last line end.
    private var partial: [UInt8] = []
    /// A line of the platform while it is written; its storage stays.
    private var scratch: [UInt8] = []
    /// The last 4 KB of the invocation under way.
    private(set) var tail: [UInt8] = []

    init(definition: Lambda.FunctionDefinition, version: Lambda.FunctionVersion, sink: any FunctionLogSink) {
        isJSON = version.logFormat == "JSON"
        let date = Timestamp(milliseconds: SystemClock.epochMilliseconds).iso8601.prefix(10)
        let day = date.split(separator: "-").joined(separator: "/")
        let isOwnGroup = version.logGroup == "/aws/lambda/\(definition.functionName)"
        let name = isOwnGroup ? "" : definition.functionName
        stream = "\(day)/\(name)[\(version.version)]\(Identifiers.hex(32))"
        lines = sink.stream(
            of: FunctionLogSource(
                functionName: definition.functionName, logGroup: version.logGroup, logStream: stream))
    }

    // MARK: The function's output

    /// Passes whole lines on in one piece, and keeps what follows the last line end. A line that is too long is cut.
    func output(_ bytes: UnsafeRawBufferPointer) {
        if partial.count + bytes.count < LambdaLimits.logLineBytes {
            let end = (bytes.lastIndex(of: 0x0A) ?? -1) + 1
            if partial.isEmpty {
                if end > 0 { write(UnsafeRawBufferPointer(rebasing: bytes[..<end]), isPlatform: false) }
            } else {
                partial.append(contentsOf: bytes[..<end])
                if end > 0 { writePartial() }
            }
            partial.append(contentsOf: bytes[end...])
            return
        }
        for byte in bytes {
            partial.append(byte)
            if byte == 0x0A {
                writePartial()
            } else if partial.count >= LambdaLimits.logLineBytes {
                endOfOutput()
            }
        }
    }

    /// Ends the line that is begun.
    func endOfOutput() {
        guard !partial.isEmpty else { return }
        partial.append(0x0A)
        writePartial()
    }

    private func writePartial() {
        partial.withUnsafeBytes { write($0, isPlatform: false) }
        partial.removeAll(keepingCapacity: partial.capacity <= 4_096)
    }

    // MARK: The platform's lines

    /// Text of the platform, of one line or several. What the function has begun is a line of its own before it: output
    /// without a line end belongs to the invocation that wrote it.
    func platform(_ text: String) {
        endOfOutput()
        scratch.removeAll(keepingCapacity: true)
        scratch.append(contentsOf: text.utf8)
        scratch.append(0x0A)
        scratch.withUnsafeBytes { write($0, isPlatform: true) }
    }

    func begin(_ requestId: String, version: String) {
        endOfOutput()
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

    private func write(_ text: UnsafeRawBufferPointer, isPlatform: Bool) {
        tail.append(contentsOf: text.suffix(LambdaLimits.logTailBytes))
        if tail.count > LambdaLimits.logTailBytes { tail.removeFirst(tail.count - LambdaLimits.logTailBytes) }
        lines.append(text, isPlatform: isPlatform)
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
