import ArgumentParser
import FoundationEssentials
import GatewayModel
import GatewayServer
import JSON
import JSONWebToken

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Tokens for trying APIs out: an issuer without a server.
struct Token: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make tokens for JWT authorizers, to try an API out without an issuer.",
        discussion: """
            gatehouse token key issuer.pem
            gatehouse token jwks issuer.pem > jwks.json
            gatehouse serve --issuer https://issuer.example/=jwks.json
            gatehouse token mint --key issuer.pem --issuer https://issuer.example/ --audience my-api --scope read

            Of a user pool of a running server:

            gatehouse token mint --pool us-east-1_AbCdEfGhI --user ada --scope items/read --expires 5m
            """,
        subcommands: [TokenKey.self, TokenJWKS.self, TokenMint.self])
}

struct TokenKey: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Make a private key of RSA in a new file.")

    @Argument(help: "The file, which must not exist.") var file: String

    func run() throws {
        try KeyFile.create(file, try SigningKey.new().pem)
    }
}

struct TokenJWKS: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jwks", abstract: "Print the public half of a private key as a set of keys.")

    @Argument(help: "The file of the private key, in PEM.") var file: String

    func run() throws {
        let key = try KeyFile.read(file)
        print(String(decoding: JSONValue.object(["keys": [try key.publicJWK()]]).bytes, as: UTF8.self))
    }
}

struct TokenMint: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "mint", abstract: "Print a token.")

    @Option(help: "The file of the private key, in PEM.") var key: String?

    @Option(help: "Who the token says that it is from (iss).") var issuer: String?

    @Option(help: ArgumentHelp("A user pool of a running server, in the place of a key.", valueName: "id"))
    var pool: String?

    @Option(help: "The user of the pool whom it is about.") var user: String?

    @Option(help: "The id or the name of the pool's client (default: the only one).") var client: String?

    @Flag(help: "An ID token of the pool, in the place of an access token.") var id = false

    @OptionGroup var server: EndpointOptions

    @Option(help: "Whom it is for (aud). May be given several times.") var audience: [String] = []

    @Option(help: "Whom it is about (sub).") var subject = "user"

    @Option(help: "What it lets its bearer do (scope). May be given several times.") var scope: [String] = []

    @Option(
        help: ArgumentHelp(
            "A further claim, as JSON or else as text. May be given several times.", valueName: "name=value"))
    var claim: [String] = []

    @Option(help: "How long it lasts, such as 90s, 5m, 1h; --expires=-5m is a token that ended.") var expires = "1h"

    @Option(help: "How many tokens, a line and a jti each.") var count = 1

    func validate() throws {
        if pool == nil, key == nil || issuer == nil {
            throw ValidationError("Name the key and the issuer (--key, --issuer), or a user pool (--pool, --user).")
        }
        if pool != nil, user == nil || key != nil || issuer != nil || !audience.isEmpty || !claim.isEmpty {
            throw ValidationError("A token of a user pool (--pool) is of a --user; the pool says the rest.")
        }
        guard count > 0 else { throw ValidationError("--count is at least 1.") }
        guard Self.seconds(expires) != nil else { throw ValidationError("--expires is a time such as 90s, 5m or 1h.") }
        for text in claim where text.firstIndex(of: "=") == nil || text.hasPrefix("=") {
            throw ValidationError("'\(text)' is no claim: write it as name=value.")
        }
    }

    func run() async throws {
        guard let pool else { return try sign() }
        let client = try server.client()
        var members: JSONObject = [
            "user": .string(user ?? ""), "scopes": .array(scope.map { .string($0) }), "kind": id ? "id" : "access",
            "seconds": .number(Self.seconds(expires) ?? 3600),
        ]
        members["client"] = self.client.map { .string($0) }
        do throws(StackClient.Refusal) {
            for _ in 0..<count { print(try await client.poolToken(pool: pool, .object(members))) }
        } catch {
            throw StackOptions.failed(error.sentences)
        }
    }

    private func sign() throws {
        let now = time(nil)
        let seconds = Self.seconds(expires) ?? 3600
        var claims: JSONObject = ["iss": .string(issuer ?? ""), "sub": .string(subject)]
        if audience.count == 1 { claims["aud"] = .string(audience[0]) }
        if audience.count > 1 { claims["aud"] = .array(audience.map(JSONValue.string)) }
        if !scope.isEmpty { claims["scope"] = .string(scope.joined(separator: " ")) }
        claims["iat"] = .number(min(now, now + seconds))
        claims["exp"] = .number(now + seconds)
        for text in claim {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = String(parts[1])
            claims[String(parts[0])] = (try? JSONValue(parsing: value)) ?? .string(value)
        }
        let key = try KeyFile.read(key ?? "")
        for _ in 0..<count {
            claims["jti"] = .string(Identifiers.uuid())
            print(try key.token(.object(claims)))
        }
    }

    private static func seconds(_ text: String) -> Int? {
        guard let unit = text.last, let factor = ["s": 1, "m": 60, "h": 3600, "d": 86_400][unit],
            let number = Int(text.dropLast()), abs(number) <= 1_000_000_000
        else { return nil }
        return number * factor
    }
}

/// Private keys in files.
private enum KeyFile {
    static func read(_ file: String) throws -> SigningKey {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw StartError("\(file) cannot be read: \(SystemReason.text(errno)).")
        }
        guard let key = try? SigningKey(pem: String(decoding: data, as: UTF8.self)) else {
            throw StartError("\(file) holds no private key of RSA in PEM, of at least 2,048 bits.")
        }
        return key
    }

    /// Readable by its owner only; a file that is there stays as it is.
    static func create(_ file: String, _ text: String) throws {
        let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL, 0o600)
        guard descriptor >= 0 else { throw StartError("\(file) cannot be written: \(SystemReason.text(errno)).") }
        defer { close(descriptor) }
        let written = Array(text.utf8).withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        guard written == text.utf8.count else {
            throw StartError("\(file) cannot be written: \(SystemReason.text(errno)).")
        }
    }
}
