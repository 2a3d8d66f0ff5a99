/// The bytes of one head and how far they are read. The head is known to be whole and to end every line with a line feed
/// behind a carriage return.
struct HeadBytes {
    let bytes: UnsafeRawBufferPointer
    var position = 0

    mutating func fields(_ fields: inout [HeaderField]) throws(ProtocolRefusal) {
        while bytes[position] != 0x0D {
            guard fields.count < HTTPLimits.headerFields else { throw .headTooLarge }
            fields.append(try field())
        }
        guard position + 2 == bytes.count else { throw .badRequest }
    }

    private mutating func field() throws(ProtocolRefusal) -> HeaderField {
        let start = position
        while ASCII.isToken(bytes[position]) { position += 1 }
        // White space before the colon or at the start of a line (obs-fold) ends here too.
        guard position > start, bytes[position] == UInt8(ascii: ":") else { throw .badRequest }
        let name = RequestHead.Span(start, position)
        position += 1
        while bytes[position] == 0x20 || bytes[position] == 0x09 { position += 1 }
        let valueStart = position
        while bytes[position] >= 0x20 || bytes[position] == 0x09 {
            guard bytes[position] != 0x7F else { throw .badRequest }
            position += 1
        }
        guard bytes[position] == 0x0D, bytes[position + 1] == 0x0A else { throw .badRequest }
        var valueEnd = position
        while valueEnd > valueStart, bytes[valueEnd - 1] == 0x20 || bytes[valueEnd - 1] == 0x09 { valueEnd -= 1 }
        position += 2
        return HeaderField(
            name: name, value: .init(valueStart, valueEnd),
            known: HeaderName(UnsafeRawBufferPointer(rebasing: bytes[name.range])))
    }
}
