/// What a template works with: the Java object that stands behind a reference on AWS.
///
/// Lists and maps are numbers of places in a `Heap`, so that two references to one list see each other's changes, and
/// values that hold themselves are neither leaked nor walked when they go.
enum Value: Sendable {
    case null
    case boolean(Bool)
    case integer(Int32)
    case long(Int64)
    case double(Double)
    /// A whole number beyond 64 bits, or a fraction with more digits than a double keeps.
    case decimal(Decimal)
    case string(String)
    case list(Int32)
    case map(Int32)
    case entry(Int32)
    /// A `#define`d block.
    case block(Int32)
    case object(Object)

    /// The objects that a rendering has besides values.
    enum Object: Sendable, Hashable {
        case input
        case util
        case stageVariables
        /// A part of `$context`, by the number of its path; -1 is `$context` itself.
        case context(Int32)
        /// The `$foreach` of a loop, by how many loops are around it.
        case foreach(Int32)
        case javaClass(JavaClass)
    }

    enum JavaClass: String, Sendable {
        case string = "java.lang.String"
        case boolean = "java.lang.Boolean"
        case integer = "java.lang.Integer"
        case long = "java.lang.Long"
        case double = "java.lang.Double"
        case bigInteger = "java.math.BigInteger"
        case bigDecimal = "java.math.BigDecimal"
        case linkedHashMap = "java.util.LinkedHashMap"
        case arrayList = "java.util.ArrayList"
        case jsonArray = "net.minidev.json.JSONArray"
        case stringArray = "[Ljava.lang.String;"
        case keySet = "java.util.LinkedHashMap$LinkedKeySet"
        case other = "java.lang.Object"
    }
}

extension Value {
    /// A whole number as Java holds it: in the smallest class from Integer up that it fits.
    init(_ number: Int64) {
        if let small = Int32(exactly: number) { self = .integer(small) } else { self = .long(number) }
    }

    /// A whole number by its digits.
    init(wholeNumber text: String) {
        if let number = Int64(text) {
            self.init(number)
        } else {
            self = .decimal(Decimal(wholeNumber: text))
        }
    }

    var isNull: Bool {
        if case .null = self { true } else { false }
    }

    var isNumber: Bool {
        switch self {
        case .integer, .long, .double, .decimal: true
        default: false
        }
    }

    /// A whole number where Java takes an `int`.
    var index: Int? {
        if case .integer(let number) = self { Int(number) } else { nil }
    }

    var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// What `intValue()` gives: cut to 32 bits, fractions towards zero.
    var intValue: Int32? {
        switch self {
        case .integer(let number): number
        case .long(let number): Int32(truncatingIfNeeded: number)
        case .double(let number): JavaNumber.int32(number)
        case .decimal(let number): JavaNumber.int32(number.double)
        default: nil
        }
    }

    var longValue: Int64? {
        switch self {
        case .integer(let number): Int64(number)
        case .long(let number): number
        case .double(let number): JavaNumber.int64(number)
        case .decimal(let number): JavaNumber.int64(number.double)
        default: nil
        }
    }

    var doubleValue: Double? {
        switch self {
        case .integer(let number): Double(number)
        case .long(let number): Double(number)
        case .double(let number): number
        case .decimal(let number): number.double
        default: nil
        }
    }
}

/// The key of a map: most are strings, but Java keeps `1` and `"1"` apart.
struct Key: Hashable, Sendable {
    enum Kind: UInt8, Sendable {
        case string, number, boolean, null, other
    }

    let text: String
    let kind: Kind

    init(_ text: String) {
        self.text = text
        kind = .string
    }

    init(_ text: String, kind: Kind) {
        self.text = text
        self.kind = kind
    }

    /// Java compares code units; Swift's own comparison of strings takes composed and decomposed letters for equal.
    static func == (left: Key, right: Key) -> Bool { left.kind == right.kind && left.text.hasSameBytes(as: right.text) }

    func hash(into hasher: inout Hasher) {
        hasher.combine(kind)
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }

    var value: Value {
        switch kind {
        case .string, .other: .string(text)
        case .number: Int64(text).map { Value($0) } ?? .double(JavaNumber.double(text))
        case .boolean: .boolean(text == "true")
        case .null: .null
        }
    }
}

extension String {
    func hasSameBytes(as other: String) -> Bool {
        // Swift's own comparison is quick to tell most strings apart, and takes no different ones for equal that have the
        // same length but in rare marks on letters.
        guard utf8.count == other.utf8.count, self == other else { return false }
        return utf8.count == utf16.count || utf8.elementsEqual(other.utf8)
    }
}
