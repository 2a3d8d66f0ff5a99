import JSON

/// The resources of REST APIs (`apigateway`, 2015-07-09), named and spelled as on the wire.
///
/// One struct is wire body, stored document and compiler input; members stand in the service's order, the alphabet's. A
/// member that is nil is absent on the wire. Moments are whole seconds since 1970, as the service writes them.
package enum REST {
    package typealias AccessLogSettings = V2.AccessLogSettings
}

extension REST {
    /// A number that the service writes with a fraction, also when that is nothing: `10.0`.
    package struct Decimal: Codable, Sendable, Equatable {
        package var value: Double

        package init(_ value: Double) { self.value = value }

        package init(from decoder: any Decoder) throws { value = try Double(from: decoder) }

        package func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(JSONValue.number("\(value)"))
        }
    }
}

extension REST.Decimal: ExpressibleByFloatLiteral {
    package init(floatLiteral value: Double) { self.init(value) }
}
