import ObjectStore
import Testing

@testable import GatewayServer

@Suite struct FormReaderTests {
    private struct Read: Equatable {
        var fields: [String] = []
        var file: String?
        var content: [UInt8] = []
        var isEnded = false
    }

    private static func read(_ text: String, piece size: Int = .max) throws(ObjectError) -> Read {
        var reader = FormReader(boundary: "b")
        var read = Read()
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let piece = Array(rest.prefix(size))
            rest = rest.dropFirst(piece.count)
            var outcome = Result<Void, ObjectError>.success(())
            piece.withUnsafeBytes { bytes in
                outcome = Result { () throws(ObjectError) in
                    try reader.read(bytes) { event throws(ObjectError) in
                        switch event {
                        case .field(let name, let value): read.fields.append("\(name)=\(value)")
                        case .file(let name): read.file = name ?? "-"
                        case .content(let bytes): read.content += bytes
                        }
                    }
                }
            }
            try outcome.get()
        }
        read.isEnded = reader.isEnded
        return read
    }

    private static let form = """
        --b\r
        Content-Disposition: form-data; name="key"\r
        \r
        a\r
        --c\r
        --b\r
        content-disposition:form-data;name=empty\r
        \r
        \r
        --b\r
        Content-Type: text/plain\r
        Content-Disposition: form-data; name="file"; filename="C:\\dir\\a %22\\"é.txt"\r
        \r
        \r
        --\r\r
        --b no, this begins so\r
        --b--\r
        --b\r
        Content-Disposition: form-data; name="late"\r
        \r
        x\r
        --b--
        """

    @Test(arguments: [1, 2, 3, 7, 64, 1_000]) func aFormIsTakenApartHoweverItComes(piece: Int) throws {
        let read = try Self.read(Self.form, piece: piece)
        #expect(read.fields == ["key=a\r\n--c", "empty="])
        #expect(read.file == "a \"\"é.txt")
        // What begins like a boundary is one.
        #expect(read.content == Array("\r\n--\r".utf8))
        #expect(read.isEnded)
    }

    @Test func aFileThatBreaksOffHasNoEnd() throws {
        let read = try Self.read("--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\ncontent\r\n--")
        #expect(read.file == "-" && !read.isEnded)
        #expect("content\r\n--".utf8.starts(with: read.content))
    }

    @Test(arguments: [
        "--b\r\n\r\nx\r\n--b", "--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b",
        "--b\r\nContent-Disposition: file; name=\"a\"\r\n\r\nx\r\n--b", "--bx\r\n",
    ])
    func whatIsNoneIsRefused(text: String) {
        #expect(throws: FormReader.malformed) { try Self.read(text) }
    }

    @Test func aFormMayEndWithoutAFile() throws {
        let read = try Self.read("--b\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--b--\r\n")
        #expect(read == Read(fields: ["a=x"], isEnded: true))
    }

    @Test(arguments: [1, 1_000, .max]) func fieldsAreBounded(piece: Int) {
        let long = String(repeating: "x", count: 21_000)
        for text in [long, "--b\r\n\(long)", "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n\(long)\r\n--b\r\n"]
        {
            let error = #expect(throws: ObjectError.self) { try Self.read(text, piece: piece) }
            #expect(error?.code == "MaxPostPreDataLengthExceeded")
        }
    }

    @Test(arguments: [
        ("multipart/form-data; boundary=a", "a"), ("Multipart/Form-Data;boundary=\"a b\"; x=y", "a b"),
        ("multipart/form-data", nil), ("text/plain; boundary=a", nil), ("multipart/form-data; boundary=", nil),
    ])
    func theTypeNamesTheBoundary(type: String, boundary: String?) {
        #expect(FormReader.boundary(of: type) == boundary)
    }
}
