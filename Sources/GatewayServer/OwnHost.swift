#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Which hosts mean this machine: loopback addresses, written as addresses, and names that nobody else can point
/// somewhere.
enum OwnHost {
    private static let names: Set<String> = ["localhost", "localhost.localstack.cloud"]
    private static let suffixes = [".localhost", ".localhost.localstack.cloud", ".amazonaws.com", ".amazonaws.com.cn"]

    /// Whether a request's Host, with or without a port, is one under which the management API is meant to be reached.
    ///
    /// A name that only looks like an address (`127.evil.com`) is a name, and its owner decides where it leads.
    static func leadsHere(_ host: String) -> Bool {
        guard let (name, isBracketed) = withoutPort(host) else { return false }
        if isBracketed { return name.contains(":") && isLoopbackAddress(name) }
        if isLoopbackAddress(name) { return true }
        // One dot at the end makes a name absolute; it is the same name.
        let plain = (name.hasSuffix(".") ? String(name.dropLast()) : name).lowercased()
        return names.contains(plain) || suffixes.contains { plain.hasSuffix($0) && plain.utf8.count > $0.utf8.count }
    }

    /// Whether it names this machine: `localhost`, or a loopback address.
    static func isLoopback(_ host: String) -> Bool { host.lowercased() == "localhost" || isLoopbackAddress(host) }

    /// Whether this is an IP address of 127.0.0.0/8, `::1`, or the former mapped into IPv6: four decimal numbers, as
    /// clients write them, not the shorter forms that some resolvers take.
    static func isLoopbackAddress(_ text: String) -> Bool {
        var four = [UInt8](repeating: 0, count: 4)
        if inet_pton(AF_INET, text, &four) == 1 { return four[0] == 127 }
        var six = [UInt8](repeating: 0, count: 16)
        guard inet_pton(AF_INET6, text, &six) == 1 else { return false }
        let isMapped = six[..<10].allSatisfy { $0 == 0 } && six[10] == 0xFF && six[11] == 0xFF
        return isMapped ? six[12] == 127 : six[..<15].allSatisfy { $0 == 0 } && six[15] == 1
    }

    static func isAddress(_ text: String) -> Bool {
        var address = [UInt8](repeating: 0, count: 16)
        return inet_pton(AF_INET, text, &address) == 1 || inet_pton(AF_INET6, text, &address) == 1
    }

    /// Nil when what follows the name is no port.
    private static func withoutPort(_ host: String) -> (name: String, isBracketed: Bool)? {
        let isBracketed = host.hasPrefix("[")
        let name = isBracketed ? host.dropFirst().prefix { $0 != "]" } : host.prefix { $0 != ":" }
        var rest = host[name.endIndex...]
        if isBracketed {
            guard rest.first == "]" else { return nil }
            rest = rest.dropFirst()
        }
        guard !name.isEmpty, rest.isEmpty || rest.first == ":", rest.dropFirst().utf8.allSatisfy(\.isDigit) else {
            return nil
        }
        return (String(name), isBracketed)
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }
}
