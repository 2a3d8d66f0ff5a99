extension JSONValue {
    /// The value that `value` encodes itself as; members stand in the order of encoding, nil ones are absent.
    package init(encoding value: some Encodable) throws {
        let encoder = JSONValueEncoder(codingPath: [])
        try encoder.encode(value)
        self = encoder.box.value
    }
}

/// Where an encoder leaves its value; containers share it by reference while they fill it.
private final class Box {
    private enum Content {
        case value(JSONValue)
        case object([(String, Box)])
        case array([Box])
    }

    private var content = Content.value(.null)

    var value: JSONValue {
        switch content {
        case .value(let value): value
        case .object(let members): .object(JSONObject(members.map { ($0, $1.value) }))
        case .array(let elements): .array(elements.map(\.value))
        }
    }

    func set(_ value: JSONValue) { content = .value(value) }
    func becomeObject() { if case .object = content {} else { content = .object([]) } }
    func becomeArray() { if case .array = content {} else { content = .array([]) } }

    func member(_ key: String) -> Box {
        guard case .object(var members) = content else { return Box() }
        let box = Box()
        content = .value(.null)
        members.append((key, box))
        content = .object(members)
        return box
    }

    func element() -> Box {
        guard case .array(var elements) = content else { return Box() }
        let box = Box()
        content = .value(.null)
        elements.append(box)
        content = .array(elements)
        return box
    }

    var count: Int { if case .array(let elements) = content { elements.count } else { 0 } }
}

private struct JSONValueEncoder: Encoder {
    var codingPath: [any CodingKey]
    var box = Box()
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func encode(_ value: some Encodable) throws {
        if let value = value as? JSONValue { box.set(value) } else { try value.encode(to: self) }
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        box.becomeObject()
        return KeyedEncodingContainer(Keyed<Key>(codingPath: codingPath, box: box))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        box.becomeArray()
        return Unkeyed(codingPath: codingPath, box: box)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { self }
}

extension JSONValueEncoder: SingleValueEncodingContainer {
    func encodeNil() { box.set(.null) }
    func encode(_ value: Bool) { box.set(.bool(value)) }
    func encode(_ value: String) { box.set(.string(value)) }

    func encode(_ value: Double) throws {
        guard value.isFinite else {
            throw EncodingError.invalidValue(
                value, .init(codingPath: codingPath, debugDescription: "JSON has no such number"))
        }
        box.set(.number(value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)))
    }

    func encode(_ value: Float) throws { try encode(Double(value)) }
    func encode(_ value: Int) { box.set(.number(String(value))) }
    func encode(_ value: Int8) { box.set(.number(String(value))) }
    func encode(_ value: Int16) { box.set(.number(String(value))) }
    func encode(_ value: Int32) { box.set(.number(String(value))) }
    func encode(_ value: Int64) { box.set(.number(String(value))) }
    func encode(_ value: UInt) { box.set(.number(String(value))) }
    func encode(_ value: UInt8) { box.set(.number(String(value))) }
    func encode(_ value: UInt16) { box.set(.number(String(value))) }
    func encode(_ value: UInt32) { box.set(.number(String(value))) }
    func encode(_ value: UInt64) { box.set(.number(String(value))) }
}

private struct Keyed<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let codingPath: [any CodingKey]
    let box: Box

    func encodeNil(forKey key: Key) { box.member(key.stringValue).set(.null) }
    func encode(_ value: some Encodable, forKey key: Key) throws { try encoder(key).encode(value) }
    func superEncoder() -> any Encoder { JSONValueEncoder(codingPath: codingPath, box: box.member("super")) }
    func superEncoder(forKey key: Key) -> any Encoder { encoder(key) }

    func nestedContainer<Nested: CodingKey>(
        keyedBy keyType: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> { encoder(key).container(keyedBy: keyType) }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { encoder(key).unkeyedContainer() }

    private func encoder(_ key: Key) -> JSONValueEncoder {
        JSONValueEncoder(codingPath: codingPath + [key], box: box.member(key.stringValue))
    }
}

private struct Unkeyed: UnkeyedEncodingContainer {
    let codingPath: [any CodingKey]
    let box: Box
    var count: Int { box.count }

    func encodeNil() { box.element().set(.null) }
    func encode(_ value: some Encodable) throws { try encoder().encode(value) }
    func superEncoder() -> any Encoder { encoder() }

    func nestedContainer<Nested: CodingKey>(keyedBy keyType: Nested.Type) -> KeyedEncodingContainer<Nested> {
        encoder().container(keyedBy: keyType)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { encoder().unkeyedContainer() }

    private func encoder() -> JSONValueEncoder {
        JSONValueEncoder(codingPath: codingPath + [JSONKey(count)], box: box.element())
    }
}

extension JSONValue: Encodable {
    /// Only by `JSONValue(encoding:)`, which takes the value over whole.
    package func encode(to encoder: any Encoder) throws {
        guard let encoder = encoder as? JSONValueEncoder else {
            throw EncodingError.invalidValue(
                self, .init(codingPath: encoder.codingPath, debugDescription: "JSONValue is written only to JSONValue"))
        }
        encoder.box.set(self)
    }
}
