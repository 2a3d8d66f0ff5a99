import Callers
import GatewayModel
import HTTPFront
import NIOCore

/// The event of payload format 2.0. A key without a value is absent, never null.
///
/// Sources: http-api-develop-integrations-lambda and the recorded events.
enum EventV2 {
    static func write(_ x: Exchange, traceId: [UInt8], to event: inout ByteBuffer) {
        event.write(#"{"version":"2.0","#)
        writeRequest(x, traceId: traceId, to: &event)
        event.write(",")
        EventParts.writeBody(x, nullWhenEmpty: false, to: &event)
        event.write("}")
    }

    /// The members that an authorizer is told too: all but the version and the body.
    static func writeRequest(_ x: Exchange, traceId: [UInt8], to event: inout ByteBuffer) {
        guard let stage = x.stage, let route = x.route else { return }
        event.write(#""routeKey":"#)
        event.writeJSONString(route.keyText)
        event.write(#","rawPath":"#)
        EventParts.writeDecodedPath(x, to: &event)
        event.write(#","rawQueryString":"#)
        _ = x.withHead { bytes, head in event.writeJSONString(UnsafeRawBufferPointer(rebasing: bytes[head.query.range]))
        }
        writeCookies(x, to: &event)
        event.write(#","headers":"#)
        EventHeaders.sort(x, .version2)
        EventHeaders.writeJoinedValues(x, traceId, to: &event)
        writeQuery(x, to: &event)
        writeContext(x, stage, route, to: &event)
        if !route.variables.isEmpty, route.key != .default {
            event.write(#","pathParameters":"#)
            EventParts.writePathParameters(x, to: &event)
        }
        if let variables = stage.eventStageVariables {
            event.write(#","stageVariables":"#)
            event.write(variables)
        }
    }

    private static func writeContext(
        _ x: Exchange, _ stage: CompiledStage, _ route: CompiledRoute, to event: inout ByteBuffer
    ) {
        event.write(#","requestContext":{"#)
        event.write(stage.eventIdentity)
        if let caller = x.caller {
            event.write(#","authorizer":{"iam":"#)
            EventParts.writeCaller(caller, to: &event)
            event.write("}")
        }
        if let token = x.token {
            event.write(#","authorizer":{"jwt":"#)
            EventParts.writeToken(x, token, to: &event)
            event.write("}")
        } else if let decision = x.decision {
            event.write(#","authorizer":{"lambda":"#)
            decision.writeContext(to: &event)
            event.write("}")
        }
        event.write(",")
        EventParts.writeDomain(x, to: &event)
        event.write(#","http":{"method":""#)
        x.writeMethod(to: &event)
        event.write(#"","path":"#)
        EventParts.writeDecodedPath(x, to: &event)
        event.write(#","protocol":""#)
        x.writeProtocol(to: &event)
        event.write(#"","sourceIp":""#)
        event.write(x.sourceIP)
        event.write(#"","userAgent":"#)
        EventParts.writeUserAgent(x, orElse: "\"\"", to: &event)
        event.write(#"},"requestId":""#)
        event.write(x.requestId)
        event.write(#"","routeKey":"#)
        event.writeJSONString(route.keyText)
        event.write(#","stage":""#)
        event.write(stage.name)
        event.write(#"","time":""#)
        event.write(x.worker.clock.commonLogTime(x.startedAtEpochMilliseconds / 1000))
        event.write(#"","timeEpoch":"#)
        event.writeDecimal(x.startedAtEpochMilliseconds)
        event.write("}")
    }

    /// One element per pair of the Cookie fields; the field itself is not among the headers then.
    private static func writeCookies(_ x: Exchange, to event: inout ByteBuffer) {
        _ = x.withHead { bytes, head in
            var isFirst = true
            for field in head.fields where field.known == .cookie {
                var rest = UnsafeRawBufferPointer(rebasing: bytes[field.value.range])
                while !rest.isEmpty {
                    let end = rest.firstIndex(of: UInt8(ascii: ";")) ?? rest.count
                    let pair = UnsafeRawBufferPointer(rebasing: rest[..<end])
                    rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(end + 1).drop { $0 == 0x20 })
                    if pair.isEmpty { continue }
                    event.write(isFirst ? #","cookies":["# : ",")
                    isFirst = false
                    event.writeJSONString(pair)
                }
            }
            if !isFirst { event.write("]") }
        }
    }

    /// Decoded; the values of a repeated name joined by commas, in order.
    private static func writeQuery(_ x: Exchange, to event: inout ByteBuffer) {
        let pairs = QueryParameters(x)
        guard !pairs.isEmpty else { return }
        event.write(#","queryStringParameters":{"#)
        for (position, group) in pairs.groups.enumerated() {
            if position > 0 { event.write(",") }
            event.writeJSONString(group.name)
            event.write(":")
            event.writeJSONString(Array(group.values.joined(separator: CollectionOfOne(UInt8(ascii: ",")))))
        }
        event.write("}")
    }
}

/// The query's parameters, decoded and grouped by name in the order of their first appearance.
struct QueryParameters {
    private(set) var groups: [(name: [UInt8], values: [[UInt8]])] = []

    init(_ x: Exchange) {
        guard let connection = x.connection, !connection.head.query.isEmpty else { return }
        connection.head.withBytes { bytes in
            var positions: [[UInt8]: Int] = [:]
            for pair in QueryPairs(UnsafeRawBufferPointer(rebasing: bytes[connection.head.query.range])) {
                if let position = positions[pair.name] {
                    groups[position].values.append(pair.value)
                } else {
                    positions[pair.name] = groups.count
                    groups.append((pair.name, [pair.value]))
                }
            }
        }
    }

    var isEmpty: Bool { groups.isEmpty }
}
