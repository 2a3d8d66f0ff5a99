/// `uri-host [ ":" port ]` of RFC 3986, as far as a gateway needs to tell good from bad.
package enum Authority {
    package static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard !bytes.isEmpty else { return false }
        var position = 0
        if bytes[0] == UInt8(ascii: "[") {
            position = 1
            while position < bytes.count, isAddressByte(bytes[position]) { position += 1 }
            guard position > 1, position < bytes.count, bytes[position] == UInt8(ascii: "]") else { return false }
            position += 1
        } else {
            while position < bytes.count, ASCII.isNameByte(bytes[position]) { position += 1 }
            guard position > 0 else { return false }
        }
        if position == bytes.count { return true }
        guard bytes[position] == UInt8(ascii: ":"), bytes.count - position <= 6 else { return false }
        return bytes[(position + 1)...].allSatisfy(ASCII.isDigit)
    }

    private static func isAddressByte(_ byte: UInt8) -> Bool {
        switch ASCII.lowercased(byte) {
        case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: ":"),
            UInt8(ascii: "."):
            true
        default: false
        }
    }
}
