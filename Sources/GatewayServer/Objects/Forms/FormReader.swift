import ObjectStore

/// Takes apart a form with a file (`multipart/form-data`): fields, and then the file, which ends it for whoever reads it. A
/// machine without I/O; it keeps fields until they are whole, and of the file no more than a boundary's length.
///
/// Source: RFC 7578, RFC 2046 section 5.1; S3 API Reference, RESTObjectPOST.
struct FormReader {
    enum Event {
        case field(name: String, value: String)
        /// The file begins. Its name is without folders; nil where it has none.
        case file(name: String?)
        case content(ArraySlice<UInt8>)
    }

    private enum State {
        /// What stands before the first boundary is nobody's.
        case preamble
        /// Behind a boundary: a line end, and then a part, or two dashes, and then nothing.
        case boundary
        case head
        case value(String)
        case content
        case ended
    }

    /// AWS quota: all that stands before the file.
    private static let fieldBytes = 20_480

    private let delimiter: [UInt8]
    private var state = State.preamble
    /// What is not taken apart yet. A first boundary has no line before it.
    private var held: [UInt8] = Array("\r\n".utf8)
    /// Bytes of it in which was not found what is looked for.
    private var searched = 0
    private var takenBytes = 0

    init(boundary: String) { delimiter = Array("\r\n--\(boundary)".utf8) }

    /// The boundary that a content type names; nil where it is another type or names none.
    static func boundary(of contentType: String) -> String? {
        let parts = HeaderParameters(contentType)
        guard parts.value.lowercased() == "multipart/form-data", let boundary = parts["boundary"],
            (1...70).contains(boundary.utf8.count)
        else { return nil }
        return boundary
    }

    /// Whether all has come, the file if there is one as a whole.
    var isEnded: Bool { if case .ended = state { true } else { false } }

    mutating func read(
        _ bytes: UnsafeRawBufferPointer, _ sink: (Event) throws(ObjectError) -> Void
    ) throws(ObjectError) {
        if isEnded { return }
        held.append(contentsOf: bytes)
        var rest = held[...]
        while try step(&rest, sink) {}
        held = Array(rest)
        switch state {
        case .content, .ended: break
        default: try checkSize(held.count)
        }
    }

    private func checkSize(_ more: Int) throws(ObjectError) {
        guard takenBytes + more <= Self.fieldBytes else {
            throw ObjectError(
                "MaxPostPreDataLengthExceeded", status: 400,
                "Your POST request fields preceding the upload file were too large.")
        }
    }

    /// False where more has to come.
    private mutating func step(
        _ rest: inout ArraySlice<UInt8>, _ sink: (Event) throws(ObjectError) -> Void
    ) throws(ObjectError) -> Bool {
        switch state {
        case .preamble:
            guard let end = find(delimiter, in: rest) else { return false }
            try take(&rest, to: end.upperBound)
            state = .boundary
        case .boundary:
            guard rest.count >= 2 else { return false }
            guard rest.starts(with: lineEnd) else {
                guard rest.starts(with: "--".utf8) else { throw Self.malformed }
                // It ends without a file.
                state = .ended
                rest = []
                return false
            }
            state = .head
        case .head:
            guard let end = find(lineEnd + lineEnd, in: rest) else { return false }
            let part = try Part(rest[..<end.lowerBound])
            try take(&rest, to: end.upperBound)
            guard part.name.lowercased() == "file" else {
                state = .value(part.name)
                return true
            }
            try sink(.file(name: part.fileName))
            state = .content
        case .value(let name):
            guard let end = find(delimiter, in: rest) else { return false }
            guard let value = String(validating: rest[..<end.lowerBound], as: UTF8.self) else {
                throw Self.malformed
            }
            try take(&rest, to: end.upperBound)
            try sink(.field(name: name, value: value))
            state = .boundary
        case .content:
            return try readContent(&rest, sink)
        case .ended: return false
        }
        return true
    }

    private mutating func readContent(
        _ rest: inout ArraySlice<UInt8>, _ sink: (Event) throws(ObjectError) -> Void
    ) throws(ObjectError) -> Bool {
        let end = Self.place(of: delimiter, in: rest)
        let count = (end ?? rest.endIndex - delimiter.count + 1) - rest.startIndex
        guard count >= 0 else { return false }
        try sink(.content(rest.prefix(count)))
        rest = rest.dropFirst(count)
        if end != nil {
            state = .ended
            rest = []
        }
        return false
    }

    private mutating func take(_ rest: inout ArraySlice<UInt8>, to end: Int) throws(ObjectError) {
        takenBytes += end - rest.startIndex
        try checkSize(0)
        rest = rest[end...]
    }

    /// Fields may come byte by byte: what was looked at is not looked at again.
    private mutating func find(_ text: [UInt8], in rest: ArraySlice<UInt8>) -> Range<Int>? {
        let start = rest.startIndex + max(0, searched - text.count + 1)
        guard let place = Self.place(of: text, in: rest[start...]) else {
            searched = rest.count
            return nil
        }
        searched = 0
        return place..<(place + text.count)
    }

    private static func place(of delimiter: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
        bytes.withUnsafeBufferPointer { buffer in
            var place = 0
            while place + delimiter.count <= buffer.count {
                if buffer[place] == delimiter[0], buffer[place...].starts(with: delimiter) {
                    return bytes.startIndex + place
                }
                place += 1
            }
            return nil
        }
    }

    static let malformed = ObjectError(
        "MalformedPOSTRequest", status: 400, "The body of your POST request is not well-formed multipart/form-data.")
}

private let lineEnd = Array("\r\n".utf8)

/// What the head of a part says.
private struct Part {
    let name: String
    let fileName: String?

    init(_ head: ArraySlice<UInt8>) throws(ObjectError) {
        guard let text = String(validating: head, as: UTF8.self) else { throw FormReader.malformed }
        let field = "content-disposition:"
        let line = text.split(separator: "\r\n").first { $0.lowercased().hasPrefix(field) }
        let disposition = HeaderParameters(String((line ?? "").dropFirst(field.count)))
        guard disposition.value.lowercased() == "form-data", let name = disposition["name"], !name.isEmpty else {
            throw FormReader.malformed
        }
        self.name = name
        // Some browsers tell the folder, too.
        fileName = disposition["filename"].map { path in
            String(path.split(omittingEmptySubsequences: false) { $0 == "/" || $0 == "\\" }.last ?? "")
        }
    }
}

/// A field's value with parameters: `form-data; name="a"; filename="b"`.
private struct HeaderParameters {
    let value: String
    private var parameters: [String: String] = [:]

    subscript(name: String) -> String? { parameters[name] }

    init(_ text: String) {
        // A mark may follow a quotation mark, which stays one.
        var rest = text.unicodeScalars[...]
        func trimmed(_ text: Substring.UnicodeScalarView) -> String {
            var view = String.UnicodeScalarView(text.drop { $0 == " " })
            while view.last == " " { view.removeLast() }
            return String(view)
        }
        value = trimmed(rest.prefix { $0 != ";" })
        rest = rest[(rest.firstIndex(of: ";") ?? rest.endIndex)...].dropFirst()
        while let equals = rest.firstIndex(of: "=") {
            let name = trimmed(rest[..<equals]).lowercased()
            rest = rest[equals...].dropFirst()
            var value = ""
            if rest.first == "\"" {
                rest = rest.dropFirst()
                while let letter = rest.first, letter != "\"" {
                    rest = rest.dropFirst()
                    // Browsers escape no backslash; what they escape is the quotation mark.
                    if letter == "\\", rest.first == "\"" {
                        value.append("\"")
                        rest = rest.dropFirst()
                    } else {
                        value.unicodeScalars.append(letter)
                    }
                }
                // Of HTML: a quotation mark is written as `%22`.
                value = value.replacing("%22", with: "\"").replacing("%0D", with: "\r").replacing("%0A", with: "\n")
                rest = rest[(rest.firstIndex(of: ";") ?? rest.endIndex)...].dropFirst()
            } else {
                value = trimmed(rest.prefix { $0 != ";" })
                rest = rest[(rest.firstIndex(of: ";") ?? rest.endIndex)...].dropFirst()
            }
            if parameters[name] == nil { parameters[name] = value }
        }
    }
}
