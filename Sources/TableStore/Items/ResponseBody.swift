/// A JSON object written member by member, so that stored items go into answers as they are.
struct ResponseBody {
    private(set) var bytes: [UInt8] = [UInt8(ascii: "{")]
    private var isEmpty = true

    /// Begins a member; its value follows through `append` or `object`.
    mutating func member(_ name: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
    }

    mutating func member(named name: String) {
        separate()
        JSONText.append(name, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
    }

    mutating func append(_ json: some Sequence<UInt8>) { bytes.append(contentsOf: json) }

    mutating func append(string: String) { JSONText.append(string, to: &bytes) }

    mutating func append(_ item: Item) { item.write(to: &bytes) }

    /// Writes an object as the value of the member begun last.
    mutating func object<Failure: Error>(_ write: (inout ResponseBody) throws(Failure) -> Void) throws(Failure) {
        var inner = ResponseBody(continuing: bytes)
        bytes = []
        try write(&inner)
        bytes = inner.finished()
    }

    /// Writes an array whose elements `write` puts between `element` calls.
    mutating func array<Element, Failure: Error>(
        _ elements: some Sequence<Element>, _ write: (inout ResponseBody, Element) throws(Failure) -> Void
    ) throws(Failure) {
        bytes.append(UInt8(ascii: "["))
        var isFirst = true
        for element in elements {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            try write(&self, element)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    consuming func finished() -> [UInt8] {
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    init() {}

    private init(continuing bytes: [UInt8]) {
        self.bytes = bytes
        self.bytes.append(UInt8(ascii: "{"))
    }

    private mutating func separate() {
        if !isEmpty { bytes.append(UInt8(ascii: ",")) }
        isEmpty = false
    }
}
