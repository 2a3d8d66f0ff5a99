/// One loop's counters of one stage or method, in the names of the `AWS/ApiGateway` namespace.
package struct StageMetrics: Sendable {
    package private(set) var count = 0
    package private(set) var clientErrors = 0
    package private(set) var serverErrors = 0
    /// Requests whose client went away before they were answered; they count as client errors too.
    package private(set) var clientsGone = 0
    /// Requests refused because the process held as many bytes of bodies as it may; they count as server errors too.
    package private(set) var bodiesRefused = 0
    /// Requests that the cache of a REST API's stage has answered, and those that had to ask the integration.
    package private(set) var cacheHits = 0
    package private(set) var cacheMisses = 0
    package private(set) var dataProcessed = 0
    package private(set) var latencyMicroseconds = 0
    package private(set) var integrationLatencyMilliseconds = 0
    /// Requests by latency: bucket n holds those below 2^n microseconds.
    package private(set) var latencyBuckets: [Int] = Array(repeating: 0, count: 32)
    /// Those that called an integration, by its latency: bucket n holds those below 2^n milliseconds.
    package private(set) var integrationBuckets: [Int] = Array(repeating: 0, count: 17)

    /// Of events of WebSocket APIs.
    package private(set) var webSocket = WebSocketMetrics()

    mutating func add(_ call: CallFigures) {
        count += 1
        if let event = call.event { webSocket.add(event, status: call.status) }
        if call.status >= 500 {
            serverErrors += 1
        } else if call.status >= 400 {
            clientErrors += 1
        }
        if call.status == CallFigures.clientGone { clientsGone += 1 }
        if call.isOutOfMemory { bodiesRefused += 1 }
        switch call.cacheUse {
        case .none: break
        case .hit: cacheHits += 1
        case .miss: cacheMisses += 1
        }
        dataProcessed += call.requestLength + call.responseLength
        let latency = call.latencyMicroseconds
        latencyMicroseconds += latency
        if let milliseconds = call.integrationMilliseconds {
            integrationLatencyMilliseconds += milliseconds
            integrationBuckets[min(16, Int.bitWidth - max(0, milliseconds).leadingZeroBitCount)] += 1
        }
        latencyBuckets[min(31, Int.bitWidth - max(0, latency).leadingZeroBitCount)] += 1
    }

    package mutating func merge(_ other: StageMetrics) {
        count += other.count
        clientErrors += other.clientErrors
        serverErrors += other.serverErrors
        clientsGone += other.clientsGone
        bodiesRefused += other.bodiesRefused
        cacheHits += other.cacheHits
        cacheMisses += other.cacheMisses
        dataProcessed += other.dataProcessed
        latencyMicroseconds += other.latencyMicroseconds
        integrationLatencyMilliseconds += other.integrationLatencyMilliseconds
        webSocket.merge(other.webSocket)
        for index in latencyBuckets.indices { latencyBuckets[index] += other.latencyBuckets[index] }
        for index in integrationBuckets.indices { integrationBuckets[index] += other.integrationBuckets[index] }
    }
}
