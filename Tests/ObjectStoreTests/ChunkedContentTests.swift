import ObjectStore
import Testing

@Suite struct ChunkedContentTests {
    private struct Heard: Equatable {
        var content = ""
        var signatures: [String] = []
        var trailers: [String] = []
        var isEnded = false
    }

    /// Reads it in pieces of so many bytes.
    private func hear(_ text: String, by count: Int) throws(ObjectError) -> Heard {
        var heard = Heard()
        var chunks = ChunkedContent()
        let all = Array(text.utf8)
        for start in stride(from: 0, to: all.count, by: count) {
            let bytes = Array(all[start..<min(start + count, all.count)])
            let outcome: Result<Void, ObjectError> = bytes.withUnsafeBytes { bytes in
                Result { () throws(ObjectError) in
                    try chunks.read(bytes) { event in
                        switch event {
                        case .content(let range): heard.content += String(decoding: bytes[range], as: UTF8.self)
                        case .chunkEnded(let signature): heard.signatures.append(signature)
                        case .trailer(let name, let value): heard.trailers.append("\(name)=\(value)")
                        case .end: heard.isEnded = true
                        }
                    }
                }
            }
            try outcome.get()
        }
        return heard
    }

    @Test(arguments: [1, 2, 3, 7, 100]) func whatIsCutAnywhereIsHeardAlike(count: Int) throws {
        let text =
            "5;chunk-signature=ab\r\nhello\r\nA\r\n0123456789\r\n"
            + "0;chunk-signature=cd\r\nX-Amz-Checksum-Crc32: AA==\r\n\r\n"
        #expect(
            try hear(text, by: count)
                == Heard(
                    content: "hello0123456789", signatures: ["ab", "", "cd"],
                    trailers: ["x-amz-checksum-crc32=AA=="], isEnded: true))
    }

    @Test(arguments: [
        "g\r\n", "-1\r\n", "\r\n", "123456789\r\n", "1\r\nab\r\n", "0\r\nno trailer\r\n", "0\r\n\r\nmore",
        String(repeating: "1", count: 2_000),
    ])
    func whatIsWrongIsToldAtOnce(text: String) {
        #expect(throws: ObjectError.incompleteBody) { try hear(text, by: 1) }
    }

    @Test func whatStopsEarlyIsNotEnded() throws {
        #expect(try !hear("5\r\nhello\r\n0\r\n", by: 4).isEnded)
    }
}
