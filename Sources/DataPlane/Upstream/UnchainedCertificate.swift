import HTTPFront
import NIOCore
import NIOSSL

/// A certificate that nobody has to have signed (`tlsConfig.insecureSkipVerification`): it counts by its time and its
/// name, as AWS has it. Source: Developer Guide, api-gateway-extensions-integration-tls-config.
enum UnchainedCertificate {
    /// The TLS of a connection to an origin, however its certificate is looked at.
    static func handler(_ context: NIOSSLContext, _ tls: TLSProfile, host: String) throws -> NIOSSLClientHandler {
        guard !tls.checksChain else { return try NIOSSLClientHandler(context: context, serverHostname: tls.serverName) }
        let name = tls.serverName ?? host
        return try NIOSSLClientHandler(context: context, serverHostname: tls.serverName) { chain, promise in
            promise.succeed(chain.first.map { isGood($0, for: name) } == true ? .certificateVerified : .failed)
        }
    }

    private static func isGood(_ certificate: NIOSSLCertificate, for name: String) -> Bool {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        guard certificate.notValidBefore <= now.tv_sec, now.tv_sec <= certificate.notValidAfter else { return false }
        var names: [String] = []
        var addresses: [[UInt8]] = []
        for alternative in certificate._subjectAlternativeNames() {
            let contents = alternative.contents.withUnsafeBufferPointer { Array($0) }
            switch alternative.nameType {
            case .dnsName: names.append(String(decoding: contents, as: UTF8.self))
            case .ipAddress: addresses.append(contents)
            default: continue
            }
        }
        if let address = bytes(ofAddress: name) { return addresses.contains(address) }
        return names.contains { matches($0.lowercased(), name.lowercased()) }
    }

    /// `*` stands for the first label (RFC 6125 section 6.4.3).
    static func matches(_ pattern: String, _ name: String) -> Bool {
        guard pattern.hasPrefix("*.") else { return pattern == name }
        guard let dot = name.firstIndex(of: "."), dot > name.startIndex else { return false }
        return name[dot...] == pattern.dropFirst()
    }

    private static func bytes(ofAddress text: String) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &bytes) == 1 { return Array(bytes[..<4]) }
        return inet_pton(AF_INET6, text, &bytes) == 1 ? bytes : nil
    }
}

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif
