import GatewayModel

/// How S3 tells metadata that is no ASCII: as one word of RFC 2047. Source: S3 User Guide, UsingMetadata; recorded answers.
enum MailWord {
    static func encoded(_ text: String) -> String {
        let plain = text.unicodeScalars.count { isPlain($0) }
        let others = text.unicodeScalars.count - plain
        guard others > 0 else { return text }
        // Where most of it can be read it stays so.
        guard plain > others else { return "=?UTF-8?B?\(Base64.encode(Array(text.utf8)))?=" }
        let word = text.unicodeScalars.map { scalar in
            switch scalar {
            case " ": "_"
            case "_", "?", "=": escaped(scalar)
            default: isPlain(scalar) ? String(scalar) : escaped(scalar)
            }
        }
        return "=?UTF-8?Q?\(word.joined())?="
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        (0x20..<0x7F).contains(scalar.value) || scalar == "\t"
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        String(scalar).utf8.map { "=" + Hexadecimal.encode([$0]).uppercased() }.joined()
    }
}
