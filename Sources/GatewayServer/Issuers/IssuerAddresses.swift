import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Which addresses issuers may have: public ones, this machine's for issuers that are called by such a name, and
/// whatever the operator allows. Else whoever may make an authorizer could have private networks asked.
struct IssuerAddresses: Sendable {
    /// Hosts as issuers' addresses write them, in lower case.
    let allowedHosts: Set<String>

    func allow(_ address: SocketAddress, of host: String) -> Bool {
        if allowedHosts.contains(host.lowercased()) { return true }
        guard let bytes = Self.bytes(address) else { return false }
        return Self.isLoopback(bytes) ? OwnHost.isLoopback(host) : !Self.isPrivate(bytes)
    }

    private static func bytes(_ address: SocketAddress) -> [UInt8]? {
        guard let text = address.ipAddress else { return nil }
        var four = [UInt8](repeating: 0, count: 4)
        if inet_pton(AF_INET, text, &four) == 1 { return four }
        var six = [UInt8](repeating: 0, count: 16)
        guard inet_pton(AF_INET6, text, &six) == 1 else { return nil }
        return inner(six) ?? six
    }

    /// The address of version 4 that one of version 6 stands for: mapped and compatible ones (RFC 4291), those that
    /// gateways translate (RFC 6052, 8215) and tunnels (RFC 3056).
    private static func inner(_ six: [UInt8]) -> [UInt8]? {
        if six.starts(with: [0x20, 0x02]) { return Array(six[2..<6]) }
        let prefix = six[..<12]
        let isEmbedded =
            prefix.starts(with: [0, 0x64, 0xFF, 0x9B]) || prefix == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
            || prefix.allSatisfy { $0 == 0 } && six[12...] != [0, 0, 0, 0] && six[12...] != [0, 0, 0, 1]
        return isEmbedded ? Array(six[12...]) : nil
    }

    private static func isLoopback(_ bytes: [UInt8]) -> Bool {
        bytes.count == 4 ? bytes[0] == 127 : bytes[..<15].allSatisfy { $0 == 0 } && bytes[15] == 1
    }

    /// RFC 1918, 3927, 4193, 4291, 6598, and what is nobody's address.
    private static func isPrivate(_ bytes: [UInt8]) -> Bool {
        if bytes.count == 4 {
            switch (bytes[0], bytes[1]) {
            case (0, _), (10, _), (127, _), (169, 254), (172, 16...31), (192, 168), (100, 64...127), (224..., _): true
            default: false
            }
        } else {
            bytes[0] & 0xFE == 0xFC || (bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80) || bytes[0] == 0xFF
                || bytes.allSatisfy { $0 == 0 }
        }
    }
}
