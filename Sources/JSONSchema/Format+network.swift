/// `email` as JavaMail checks it strictly (`InternetAddress.checkAddress`), with a name before it or without.
enum EmailAddress {
    static func isValid(_ text: [UInt8]) -> Bool {
        var address = trimmed(text[...])
        // `Name <address>`
        if address.last == UInt8(ascii: ">"), let open = address.lastIndex(of: UInt8(ascii: "<")) {
            address = address[(open + 1)..<(address.endIndex - 1)]
        }
        return isAddress(Array(address))
    }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let start = text.drop { isSpace($0) }
        return start.dropLast(start.reversed().prefix { isSpace($0) }.count)
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte.isOne(of: " \t\r\n") }

    private static func isAddress(_ text: [UInt8]) -> Bool {
        var isQuoted = false
        var last: UInt8 = 0
        var position = 0
        var hasAt = false
        scan: while position < text.count {
            let byte = text[position]
            defer {
                last = byte
                position += 1
            }
            if byte == UInt8(ascii: "\\") || last == UInt8(ascii: "\\") { continue }
            if byte == UInt8(ascii: "\"") {
                if isQuoted, position + 1 < text.count, text[position + 1] != UInt8(ascii: "@") { return false }
                if !isQuoted, position != 0 { return false }
                isQuoted.toggle()
                continue
            }
            if isQuoted { continue }
            if byte == UInt8(ascii: "."), position == 0 || last == UInt8(ascii: ".") { return false }
            if byte == UInt8(ascii: "@") {
                if position == 0 || last == UInt8(ascii: ".") { return false }
                hasAt = true
                break scan
            }
            if byte <= 0x20 || byte == 0x7F || byte.isOne(of: "()<>,;:\\\"[]@") { return false }
        }
        return hasAt && !isQuoted && isDomain(Array(text[position...]))
    }

    private static func isDomain(_ text: [UInt8]) -> Bool {
        guard let first = text.first, first != UInt8(ascii: ".") else { return false }
        var isLiteral = false
        var last: UInt8 = 0
        for (position, scalar) in String(decoding: text, as: UTF8.self).unicodeScalars.enumerated() {
            let byte = scalar.isASCII ? UInt8(scalar.value) : 0x80
            if byte == UInt8(ascii: "[") {
                guard position == 0 else { return false }
                isLiteral = true
            } else if byte == UInt8(ascii: "]") {
                guard position == text.count - 1 else { return false }
                isLiteral = false
            } else if byte <= 0x20 || byte == 0x7F {
                return false
            } else if !isLiteral {
                let properties = scalar.properties
                let isLegal =
                    scalar.isASCII
                    ? byte.isLetterOrDigit || byte.isOne(of: "-.")
                    : properties.isAlphabetic || properties.numericType == .decimal
                guard isLegal, byte != UInt8(ascii: ".") || last != UInt8(ascii: ".") else { return false }
            }
            last = byte
        }
        return last != UInt8(ascii: ".")
    }
}

/// `hostname` as Guava checks it (`InternetDomainName.from`): underscores may stand inside of a label.
enum HostName {
    static func isValid(_ text: [UInt8]) -> Bool {
        // Guava takes the dots of East Asian scripts for dots.
        let dots: Set<Unicode.Scalar> = [".", "\u{3002}", "\u{FF0E}", "\u{FF61}"]
        let scalars = Array(String(decoding: text, as: UTF8.self).unicodeScalars)
        let name = scalars.last.map(dots.contains) == true ? scalars.dropLast() : scalars[...]
        let labels = name.split(omittingEmptySubsequences: false, whereSeparator: dots.contains)
        guard name.count <= 253, labels.count <= 127, let last = labels.last else { return false }
        return labels.allSatisfy(isLabel) && last.first.map { !("0"..."9").contains($0) } == true
    }

    private static func isLabel(_ label: ArraySlice<Unicode.Scalar>) -> Bool {
        guard (1...63).contains(label.count) else { return false }
        let dashes: [Unicode.Scalar] = ["-", "_"]
        guard let first = label.first, let last = label.last, !dashes.contains(first), !dashes.contains(last) else {
            return false
        }
        return label.allSatisfy { !$0.isASCII || UInt8($0.value).isLetterOrDigit || dashes.contains($0) }
    }
}

/// `ipv4` and `ipv6` as Guava checks them (`InetAddresses.forString`).
enum IPAddress {
    /// 4 or 6; nil for what is no address. An IPv4 address in IPv6's writing (`::ffff:1.2.3.4`) is one of version 4 there.
    static func version(of text: [UInt8]) -> Int? {
        if !text.contains(UInt8(ascii: ":")) { return quad(text[...]) != nil ? 4 : nil }
        guard let groups = groups(text) else { return nil }
        return groups[..<5].allSatisfy { $0 == 0 } && groups[5] == 0xFFFF ? 4 : 6
    }

    private static func quad(_ text: ArraySlice<UInt8>) -> [UInt16]? {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var octets: [UInt16] = []
        for part in parts {
            guard (1...3).contains(part.count), part.allSatisfy({ $0.isDigit }), part.count == 1 || part.first != 0x30
            else { return nil }
            let octet = part.reduce(0) { $0 * 10 + UInt16($1 - UInt8(ascii: "0")) }
            guard octet < 256 else { return nil }
            octets.append(octet)
        }
        return octets
    }

    private static func groups(_ text: [UInt8]) -> [UInt16]? {
        var parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        var tail: [UInt16] = []
        if let last = parts.last, last.contains(UInt8(ascii: ".")) {
            guard let octets = quad(last) else { return nil }
            tail = [octets[0] << 8 | octets[1], octets[2] << 8 | octets[3]]
            parts.removeLast()
            if parts.last?.isEmpty == true, parts.count > 1, parts[parts.count - 2].isEmpty == false { return nil }
        }
        // `::` makes an empty part inside, and two at an end.
        guard parts.count <= 9 else { return nil }
        var before: [UInt16] = []
        var after: [UInt16]?
        for (position, part) in parts.enumerated() {
            if part.isEmpty {
                let isAtEdge = position == 0 || (position == parts.count - 1 && tail.isEmpty)
                let neighbour = position == 0 ? 1 : position - 1
                if isAtEdge {
                    guard parts.indices.contains(neighbour), parts[neighbour].isEmpty else { return nil }
                    continue
                }
                guard after == nil else { return nil }
                after = []
                continue
            }
            guard part.count <= 4, let group = UInt16(String(decoding: part, as: UTF8.self), radix: 16),
                part.first != 0x2B
            else {
                return nil
            }
            if after == nil { before.append(group) } else { after?.append(group) }
        }
        guard let behind = after else {
            let all = before + tail
            return all.count == 8 ? all : nil
        }
        let zeros = 8 - before.count - behind.count - tail.count
        guard zeros >= 1 else { return nil }
        return before + Array(repeating: 0, count: zeros) + behind + tail
    }
}

/// `uri` as `java.net.URI` parses it: RFC 2396, relative ones and characters outside of ASCII included.
enum URISyntax {
    static func isValid(_ text: [UInt8]) -> Bool {
        let withoutFragment = text.prefix { $0 != UInt8(ascii: "#") }
        if withoutFragment.count < text.count, !isLegal(text[(withoutFragment.count + 1)...], extra: "/?;:@&=+$,[]") {
            return false
        }
        let end = withoutFragment.firstIndex { $0.isOne(of: "/?:") }
        guard let end, withoutFragment[end] == UInt8(ascii: ":") else { return isHierarchical(withoutFragment) }
        let scheme = withoutFragment[..<end]
        guard let first = scheme.first, first.isLetter, scheme.allSatisfy({ $0.isLetterOrDigit || $0.isOne(of: "+-.") })
        else { return false }
        let rest = withoutFragment[(end + 1)...]
        guard let start = rest.first else { return false }
        if start == UInt8(ascii: "/") { return isHierarchical(rest) }
        return isLegal(rest, extra: "/?;:@&=+$,[]")
    }

    private static func isHierarchical(_ text: ArraySlice<UInt8>) -> Bool {
        let beforeQuery = text.prefix { $0 != UInt8(ascii: "?") }
        if beforeQuery.count < text.count, !isLegal(text.dropFirst(beforeQuery.count + 1), extra: "/?;:@&=+$,[]") {
            return false
        }
        guard beforeQuery.starts(with: "//".utf8) else { return isLegal(beforeQuery, extra: "/;:@&=+$,") }
        let authority = beforeQuery.dropFirst(2).prefix { $0 != UInt8(ascii: "/") }
        let path = beforeQuery.dropFirst(2 + authority.count)
        if authority.isEmpty, path.isEmpty, beforeQuery.count == text.count { return false }
        return isAuthority(authority) && isLegal(path, extra: "/;:@&=+$,")
    }

    private static func isAuthority(_ text: ArraySlice<UInt8>) -> Bool {
        let host = text.lastIndex(of: UInt8(ascii: "@")).map { text[($0 + 1)...] } ?? text
        guard host.first == UInt8(ascii: "[") else { return isLegal(text, extra: "$,;:@&=+") }
        guard let close = host.firstIndex(of: UInt8(ascii: "]")) else { return false }
        let port = host[(close + 1)...]
        guard port.isEmpty || (port.first == UInt8(ascii: ":") && port.dropFirst().allSatisfy { $0.isDigit }) else {
            return false
        }
        let address = Array(host[(host.startIndex + 1)..<close].prefix { $0 != UInt8(ascii: "%") })
        return address.contains(UInt8(ascii: ":")) && IPAddress.version(of: address) != nil
            && isLegal(text[..<host.startIndex], extra: "$,;:@&=+")
    }

    /// Unreserved characters, escapes, those of `extra`, and what is neither ASCII nor a space or control character.
    private static func isLegal(_ text: ArraySlice<UInt8>, extra: StaticString) -> Bool {
        var hasOthers = false
        var position = text.startIndex
        while position < text.endIndex {
            let byte = text[position]
            position += 1
            if byte == UInt8(ascii: "%") {
                guard position + 1 < text.endIndex, text[position].isHexDigit, text[position + 1].isHexDigit else {
                    return false
                }
                position += 2
            } else if byte >= 0x80 {
                hasOthers = true
            } else if !byte.isLetterOrDigit, !byte.isOne(of: "-_.!~*'()"), !byte.isOne(of: extra) {
                return false
            }
        }
        if !hasOthers { return true }
        return String(decoding: text, as: UTF8.self).unicodeScalars.allSatisfy { scalar in
            let category = scalar.properties.generalCategory
            return scalar.isASCII
                || ![.control, .spaceSeparator, .lineSeparator, .paragraphSeparator].contains(category)
        }
    }
}
