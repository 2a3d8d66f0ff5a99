import DataPlane
import GatewayModel

/// Counters in Prometheus' text format, named after the metrics of `AWS/ApiGateway`.
///
/// A stage's are `apigateway_…`, those of its methods and routes with detailed metrics `apigateway_method_…`, so that a sum
/// over stages, which is an API's, counts nothing twice.
struct PrometheusText {
    private(set) var text = ""

    private struct Series {
        let labels: String
        let metrics: StageMetrics
    }

    mutating func add(_ figures: [StageFigures]) {
        var stages: [Series] = []
        var methods: [Series] = []
        for stage in figures.sorted(by: { ($0.key.apiId, $0.key.stageName) < ($1.key.apiId, $1.key.stageName) }) {
            let labels = "api_id=\"\(Self.escaped(stage.key.apiId))\",stage=\"\(Self.escaped(stage.key.stageName))\""
            stages.append(Series(labels: labels, metrics: stage.metrics))
            for method in stage.methods.sorted(by: { ($0.resource, $0.method) < ($1.resource, $1.method) }) {
                let own =
                    method.method.isEmpty
                    ? "route=\"\(Self.escaped(method.resource))\""
                    : "resource=\"\(Self.escaped(method.resource))\",method=\"\(Self.escaped(method.method))\""
                methods.append(Series(labels: labels + "," + own, metrics: method.metrics))
            }
        }
        add("apigateway_", stages)
        counters("gatehouse_clients_gone_total", "API calls whose client went away before the answer (499).", stages) {
            $0.clientsGone
        }
        counters(
            "gatehouse_bodies_refused_total", "API calls refused because all memory for bodies was taken (503).", stages
        ) { $0.bodiesRefused }
        if !methods.isEmpty { add("apigateway_method_", methods) }
    }

    private mutating func add(_ prefix: String, _ series: [Series]) {
        counters(prefix + "count_total", "API calls.", series) { $0.count }
        counters(prefix + "4xx_total", "Client errors.", series) { $0.clientErrors }
        counters(prefix + "5xx_total", "Server errors.", series) { $0.serverErrors }
        counters(prefix + "cache_hit_total", "API calls that the stage's cache answered.", series) { $0.cacheHits }
        counters(prefix + "cache_miss_total", "API calls of cached methods that asked the integration.", series) {
            $0.cacheMisses
        }
        counters(prefix + "data_processed_bytes_total", "Bytes of bodies.", series) { $0.dataProcessed }
        for (name, help, value) in Self.webSocket {
            let counted = series.filter { value($0.metrics.webSocket) > 0 }
            if !counted.isEmpty { counters(prefix + name, help, counted) { value($0.webSocket) } }
        }
        histogram(
            prefix + "latency_seconds", "Time from request to response.", series,
            sum: { Double($0.latencyMicroseconds) / 1_000_000 }, bound: { Double(1 << $0) / 1_000_000 },
            // From 1 ms to 33 s.
            shown: 10...25
        ) { $0.latencyBuckets }
        histogram(
            prefix + "integration_latency_seconds", "Time in integrations.", series,
            sum: { Double($0.integrationLatencyMilliseconds) / 1_000 }, bound: { Double(1 << $0) / 1_000 },
            shown: 0...15
        ) { $0.integrationBuckets }
    }

    /// Those of WebSocket APIs, which have lines as soon as they have counted something.
    private static let webSocket: [(name: String, help: String, value: @Sendable (WebSocketMetrics) -> Int)] = [
        ("connect_count_total", "Handshakes.", \.connects),
        ("message_count_total", "Messages to and from clients.", \.messages),
        ("integration_error_total", "4xx and 5xx of integrations of WebSocket APIs.", \.integrationErrors),
        ("client_error_total", "Events refused before an integration was called.", \.clientErrors),
        ("execution_error_total", "Failures calling integrations of WebSocket APIs.", \.executionErrors),
    ]

    private mutating func counters(_ name: String, _ help: String, _ series: [Series], _ value: (StageMetrics) -> Int) {
        add(name, help, series.map { ("{\($0.labels)}", value($0.metrics)) })
    }

    mutating func add(_ name: String, _ help: String, _ values: [(labels: String, value: Int)]) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) counter\n"
        for (labels, value) in values { text += "\(name)\(labels) \(value)\n" }
    }

    /// What was never measured has no lines: most stages of a large server are silent. `shown` are the buckets whose bounds are told; what is below the first one is in it.
    private mutating func histogram(
        _ name: String, _ help: String, _ series: [Series], sum: (StageMetrics) -> Double, bound: (Int) -> Double,
        shown: ClosedRange<Int>, _ buckets: (StageMetrics) -> [Int]
    ) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) histogram\n"
        for one in series {
            let buckets = buckets(one.metrics)
            guard buckets.contains(where: { $0 > 0 }) else { continue }
            var count = buckets[..<shown.lowerBound].reduce(0, +)
            for index in shown {
                count += buckets[index]
                text += "\(name)_bucket{\(one.labels),le=\"\(bound(index))\"} \(count)\n"
            }
            count += buckets[(shown.upperBound + 1)...].reduce(0, +)
            text += "\(name)_bucket{\(one.labels),le=\"+Inf\"} \(count)\n"
            text += "\(name)_sum{\(one.labels)} \(sum(one.metrics))\n"
            text += "\(name)_count{\(one.labels)} \(count)\n"
        }
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
