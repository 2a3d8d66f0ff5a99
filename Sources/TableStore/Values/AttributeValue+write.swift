import GatewayModel
import JSON

/// Items as JSON, in the one form that is stored and answered: attributes by name, numbers normalised, sets sorted.
extension Item {
    package func write(to output: inout [UInt8]) {
        output.append(UInt8(ascii: "{"))
        for (position, attribute) in attributes.enumerated() {
            if position > 0 { output.append(UInt8(ascii: ",")) }
            JSONValue.writeString(attribute.name, into: &output)
            output.append(UInt8(ascii: ":"))
            attribute.value.write(to: &output)
        }
        output.append(UInt8(ascii: "}"))
    }

    package var text: [UInt8] {
        var output: [UInt8] = []
        write(to: &output)
        return output
    }
}

extension AttributeValue {
    package func write(to output: inout [UInt8]) {
        switch self {
        case .string(let text):
            output.append("{\"S\":")
            JSONValue.writeString(text, into: &output)
        case .number(let number):
            output.append("{\"N\":")
            Self.write(number, to: &output)
        case .binary(let bytes):
            output.append("{\"B\":")
            Self.write(bytes, to: &output)
        case .bool(let value): output.append(value ? "{\"BOOL\":true" : "{\"BOOL\":false")
        case .null: output.append("{\"NULL\":true")
        case .stringSet(let members):
            output.append("{\"SS\":")
            Self.write(members, to: &output) { JSONValue.writeString($0, into: &$1) }
        case .numberSet(let members):
            output.append("{\"NS\":")
            Self.write(members, to: &output) { Self.write($0, to: &$1) }
        case .binarySet(let members):
            output.append("{\"BS\":")
            Self.write(members, to: &output) { Self.write($0, to: &$1) }
        case .list(let elements):
            output.append("{\"L\":")
            Self.write(elements, to: &output) { $0.write(to: &$1) }
        case .map(let members):
            output.append("{\"M\":")
            members.write(to: &output)
        }
        output.append(UInt8(ascii: "}"))
    }

    private static func write(_ number: TableNumber, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        number.write(to: &output)
        output.append(UInt8(ascii: "\""))
    }

    private static func write(_ bytes: [UInt8], to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        output.append(contentsOf: Base64.encode(bytes).utf8)
        output.append(UInt8(ascii: "\""))
    }

    private static func write<Element>(
        _ elements: [Element], to output: inout [UInt8], _ write: (Element, inout [UInt8]) -> Void
    ) {
        output.append(UInt8(ascii: "["))
        for (position, element) in elements.enumerated() {
            if position > 0 { output.append(UInt8(ascii: ",")) }
            write(element, &output)
        }
        output.append(UInt8(ascii: "]"))
    }
}

extension [UInt8] {
    fileprivate mutating func append(_ text: StaticString) {
        append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}
