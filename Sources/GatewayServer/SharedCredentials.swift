package import SigV4

/// Credentials as AWS's own tools find them: the environment's, else those of a profile of the shared file.
package enum SharedCredentials {
    package static func find(_ environment: (String) -> String?) -> SigningCredentials? {
        if let id = environment("AWS_ACCESS_KEY_ID"), let secret = environment("AWS_SECRET_ACCESS_KEY"), !id.isEmpty,
            !secret.isEmpty
        {
            let token = environment("AWS_SESSION_TOKEN")
            return SigningCredentials(
                accessKeyId: id, secretAccessKey: secret, sessionToken: token?.isEmpty == false ? token : nil)
        }
        let file = environment("AWS_SHARED_CREDENTIALS_FILE") ?? environment("HOME").map { $0 + "/.aws/credentials" }
        guard let file, let text = read(file) else { return nil }
        return credentials(in: text, profile: environment("AWS_PROFILE") ?? "default")
    }

    /// Lines `name = value` below `[profile]`.
    static func credentials(in text: String, profile: String) -> SigningCredentials? {
        var values: [Substring: String] = [:]
        var isInProfile = false
        for line in text.split(whereSeparator: \.isNewline) {
            let line = trimmed(line)
            if line.hasPrefix("#") || line.hasPrefix(";") { continue }
            if line.hasPrefix("["), line.hasSuffix("]") {
                isInProfile = trimmed(line.dropFirst().dropLast()) == profile
            } else if isInProfile, let equals = line.firstIndex(of: "=") {
                values[trimmed(line[..<equals])] = String(trimmed(line[line.index(after: equals)...]))
            }
        }
        guard let id = values["aws_access_key_id"], let secret = values["aws_secret_access_key"] else { return nil }
        return SigningCredentials(
            accessKeyId: id, secretAccessKey: secret, sessionToken: values["aws_session_token"])
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while text.first?.isWhitespace == true { text = text.dropFirst() }
        while text.last?.isWhitespace == true { text = text.dropLast() }
        return text
    }

    private static func read(_ path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: maximumBytes)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    /// More is no such file.
    private static let maximumBytes = 1_048_576
}

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif
