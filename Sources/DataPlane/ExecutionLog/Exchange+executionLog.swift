import GatewayModel
import HTTPFront
import NIOCore

/// What the steps of a call say to its execution log, in AWS's words and order. Nothing is made where there is no log.
extension Exchange {
    // MARK: The request

    func beginLog(_ setting: ExecutionLog.Setting) {
        var id = worker.allocator.buffer(capacity: 36)
        writeRESTRequestId(to: &id)
        rest.log = ExecutionLog(setting, requestId: Array(id.readableBytesView), clock: worker.clock)
    }

    /// The limits let the call pass, and its body is here as far as it is read.
    func logStart() {
        guard let log = rest.log else { return }
        logPlan(log)
        if !log.isTest { logPlanPassed(log) }
        log.line(.step) { out in
            out.write("Starting execution for request: ")
            writeRESTRequestId(to: &out)
        }
        log.line(.step) { out in
            out.write("HTTP Method: ")
            writeMethod(to: &out)
            out.write(", Resource Path: ")
            if routedPath.isEmpty { out.write("/") } else { writeRequestBytes(routedPath, to: &out) }
        }
        if let key = rest.key {
            log.line(.step) { out in
                out.write("API Key: ")
                out.writeString(MaskedText.of(String(decoding: key.value, as: UTF8.self)))
            }
            log.line(.step) { out in
                out.write("API Key ID: ")
                out.write(key.id)
            }
        }
        log.line(.data) { out in
            out.write("Method request path: ")
            var variables: [(name: String, value: String)] = []
            for (index, name) in (route?.variables ?? []).enumerated() {
                guard let value = ParameterValues(x: self).value(.path(index)) else { continue }
                variables.append((String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self)))
            }
            LogMap.write(variables, to: &out)
        }
        log.line(.data) { out in
            out.write("Method request query string: ")
            LogMap.write(
                QueryParameters(self).groups.map { group in
                    (
                        String(decoding: group.name, as: UTF8.self),
                        String(decoding: group.values.last ?? [], as: UTF8.self)
                    )
                }, to: &out)
        }
        log.line(.data) { out in
            out.write("Method request headers: ")
            LogMap.write(EventHeaders.ofREST(self), to: &out)
        }
        log.line(.data) { out in
            out.write("Method request body before transformations: ")
            Self.write(body, to: &out)
        }
    }

    /// Once a call, before anything else.
    private func logPlan(_ log: ExecutionLog) {
        guard !log.hasToldPlan else { return }
        log.hasToldPlan = true
        guard !log.isTest else { return log.writeTitle() }
        log.line(.step) { out in
            out.write("Extended Request Id: ")
            out.write(requestId)
        }
        log.line(.step) { out in
            out.write("Verifying Usage Plan for request: ")
            writeRESTRequestId(to: &out)
            out.write(". API Key: ")
            writeLoggedKey(to: &out)
            out.write(" API Stage: ")
            writeAPIStage(to: &out)
        }
    }

    private func logPlanPassed(_ log: ExecutionLog) {
        if rest.key == nil {
            log.line(.step) { out in
                out.write("API Key ")
                writeLoggedKey(to: &out)
                out.write(" authorized because method '")
                out.write(route?.keyText ?? [])
                out.write("' does not require API Key. Request will not contribute to throttle or quota limits")
            }
        }
        log.line(.step) { out in
            out.write("Usage Plan check succeeded for API Key ")
            writeLoggedKey(to: &out)
            out.write(" and API Stage ")
            writeAPIStage(to: &out)
        }
    }

    /// The key that was sent, whatever it is worth; nothing where there is none.
    func writeLoggedKey(to out: inout ByteBuffer) {
        if rest.deployment?.takesKeyFromAuthorizer == true {
            out.writeString(MaskedText.of(String(decoding: decision?.usageKey ?? [], as: UTF8.self)))
            return
        }
        withField(.apiKey) { out.writeString(MaskedText.of(String(decoding: $0, as: UTF8.self))) }
    }

    func writeAPIStage(to out: inout ByteBuffer) {
        guard let key = stage?.key else { return }
        out.writeString("\(key.apiId)/\(key.stageName)")
    }

    // MARK: The integration

    /// The integration is sent this. `fields` are field lines.
    func logRequest(
        uri: @autoclosure () -> String, fields: @autoclosure () -> [(name: String, value: String)],
        body: ByteBuffer?
    ) {
        guard let log = rest.log else { return }
        let uri = uri()
        log.line(.data, "Endpoint request URI: " + uri)
        log.line(.data) { out in
            out.write("Endpoint request headers: ")
            LogMap.write(fields(), to: &out)
        }
        log.line(.data) { out in
            out.write("Endpoint request body after transformations: ")
            Self.write(body, to: &out)
        }
        log.line(.step, "Sending request to " + uri)
    }

    /// The head of the integration's answer is here.
    func logAnswer(status: Int, fields: @autoclosure () -> [(name: String, value: String)]) {
        guard let log = rest.log else { return }
        log.line(.step, "Received response. Status: \(status), Integration latency: \(integrationMilliseconds ?? 0) ms")
        log.line(.data) { out in
            out.write("Endpoint response headers: ")
            LogMap.write(fields(), to: &out)
        }
        log.beginAnswer()
    }

    // MARK: The end

    /// The gateway answers instead of the integration.
    func logRefusal(_ refusal: Refusal, _ reason: String) {
        guard let log = rest.log else { return }
        // Usage plans come behind whoever says who may call.
        if apiKind == .rest, log.isTest || step >= RESTPipeline.Step.key.rawValue { logPlan(log) }
        log.writeAnswer()
        for sentence in ExecutionFailure.sentences(refusal, self, log.failure, reason) {
            log.line(.failure) { out in out.writeString(sentence) }
        }
    }

    /// The call has ended: its lines go where they belong.
    func logEnd(_ figures: CallFigures) {
        guard let log = rest.log else { return }
        log.writeAnswer()
        if apiKind == .webSocket {
            logEventEnd(log)
        } else if !log.hasFailed, figures.status != CallFigures.clientGone {
            log.line(.data) { out in
                out.write("Method response body after transformations: ")
                out.write(log.responseBody)
            }
            log.line(.data) { out in
                out.write("Method response headers: ")
                LogMap.write(log.responseFields, to: &out)
            }
            log.line(.step, "Successfully completed execution")
        }
        if apiKind == .rest { log.line(.outcome, "Method completed with status: \(figures.status)") }
        guard !log.isTest else { return }
        if let id = endpointRequestId { log.line(.step, "AWS Integration Endpoint RequestId : " + id) }
        if !rest.traceId.isEmpty {
            log.line(.step) { out in
                out.write("X-ray Tracing ID : ")
                let root = rest.traceId.prefix { $0 != UInt8(ascii: ";") }
                out.writeString(String(decoding: root, as: UTF8.self).replacing("Root=", with: ""))
            }
        }
        guard log.isTold else { return }
        let logging = stage?.rest?.logging
        let sinks = [logging?.sink, rest.isCanary == true ? logging?.canarySink : nil, stage?.webSocket?.logSink]
        for sink in sinks.compactMap(\.self) {
            worker.log(to: sink) { $0.writeImmutableBuffer(log.lines) }
        }
    }

    /// As much as a line holds.
    static func write(_ body: ByteBuffer?, to out: inout ByteBuffer) {
        guard let body,
            let part = body.getSlice(
                at: body.readerIndex, length: min(body.readableBytes, ExecutionLog.eventBytes + 1))
        else { return }
        out.writeImmutableBuffer(part)
    }
}

/// Names and values as Java prints a map.
enum LogMap {
    /// AWS shows the beginning of a session's token; here it is the operator's own.
    private static let secrets = ["authorization", "x-api-key", "x-amz-security-token"]

    static func write(_ entries: [(name: String, value: String)], to out: inout ByteBuffer) {
        let start = out.writerIndex
        out.write("{")
        for (position, entry) in entries.enumerated() {
            if position > 0 { out.write(", ") }
            write(entry.name, to: &out)
            out.write("=")
            let isSecret = secrets.contains(entry.name.lowercased())
            write(isSecret ? MaskedText.of(entry.value) : entry.value, to: &out)
            // What is behind would be cut off.
            if out.writerIndex - start > ExecutionLog.eventBytes { return }
        }
        out.write("}")
    }

    /// As much as a line holds.
    private static func write(_ text: String, to out: inout ByteBuffer) {
        if text.utf8.count <= ExecutionLog.eventBytes {
            out.writeString(text)
        } else {
            out.writeBytes(text.utf8.prefix(ExecutionLog.eventBytes + 1))
        }
    }
}
