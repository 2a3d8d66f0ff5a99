import ArgumentParser
import GatewayModel
import GatewayServer

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What `serve` and `up` have in common.
struct ServerOptions: ParsableArguments {
    @Option(
        help: """
            The management listener: AWS's service APIs, and API calls too. Beyond loopback it needs \
            --require-credentials and TLS.
            """)
    var listen = "127.0.0.1:4566"

    @Flag(
        help: """
            Let nobody manage anything without a key of this account, as policies say (gatehouse keys makes keys). Without \
            it, who signs with a key that is not known here is the account itself.
            """)
    var requireCredentials = false

    @Option(help: ArgumentHelp("The certificates that the management listener shows, PEM.", valueName: "file"))
    var tlsCertificate: String?

    @Option(help: ArgumentHelp("The private key of --tls-certificate, PEM.", valueName: "file"))
    var tlsKey: String?

    @Flag(help: "Let the management listener be beyond loopback without TLS: something in front of it encrypts.")
    var insecureListen = false

    @Option(
        help: ArgumentHelp("A listener for API calls only. May be given several times.", valueName: "addr:port"))
    var traffic: [String] = []

    @Option(help: ArgumentHelp("The folder of the state (default: ./.gatehouse; up: in memory).", valueName: "dir"))
    var data: String?

    @Flag(help: "Keep nothing: the state ends with the process.")
    var inMemory = false

    @Option(help: "The region of all resources.")
    var region = "us-east-1"

    @Option(help: ArgumentHelp("The account of all resources, twelve digits.", valueName: "id"))
    var account = "000000000000"

    @Option(help: "Event loops (default: one per processor).")
    var loops: Int?

    @Option(help: ArgumentHelp("Private interpreters of functions, as `make` installs them.", valueName: "dir"))
    var runtimes: String?

    @Option(help: "Invocations of functions at once, all together.")
    var functionConcurrency = 100

    @Option(
        help: ArgumentHelp(
            "Whom functions run as when this runs as root: a user who may not read what the server keeps.",
            valueName: "name|uid:gid"))
    var functionUser: String?

    @Flag(help: "Refuse to deploy mapping templates that are none, which AWS deploys and answers 500 for.")
    var strict = false

    @Option(
        help: ArgumentHelp(
            "What all APIs together let pass: requests a second / at once, as AWS's 10000/5000 (default: everything).",
            valueName: "rate/burst"))
    var accountThrottle: String?

    @Option(
        help: ArgumentHelp(
            "What the response cache of a REST API's stage may take of the memory, if its cluster size is not smaller.",
            valueName: "megabytes"))
    var cacheMemory = 64

    @Flag(help: "Of requests that miss the same cache entry at once, let one ask the integration and the others wait.")
    var cacheSingleFill = false

    @Option(
        help: ArgumentHelp(
            "Where access log entries go; - is standard output (default: a file per log group in the data folder).",
            valueName: "path"))
    var accessLog: String?

    @Option(
        help: ArgumentHelp(
            "What CloudWatch Logs may take of the disk; beyond it the oldest events go, whatever their retention.",
            valueName: "megabytes"))
    var logStorage = 1_024

    @Option(
        help: ArgumentHelp("PEM certificates of further authorities for HTTPS integrations.", valueName: "file"))
    var trustedCertificates: String?

    @OptionGroup var limits: LimitOptions
    @OptionGroup var services: ServiceOptions
    @Option(
        help: ArgumentHelp(
            "The keys of an issuer of tokens, from a file: it is never asked. May be given several times.",
            valueName: "url=jwks.json"))
    var issuer: [String] = []

    @Option(
        help: ArgumentHelp(
            "The host of an issuer of tokens that may have an address of a private network. May be given several times.",
            valueName: "host"))
    var issuerAllow: [String] = []

    @Option(
        help: ArgumentHelp("PEM certificates of further authorities for issuers of tokens.", valueName: "file"))
    var issuerCa: String?

    @Option(
        help: ArgumentHelp(
            "Who tokens of user pools say that they are from: aws (https://cognito-idp.REGION.amazonaws.com/POOL) or "
                + "local (http://localhost:4566/POOL).", valueName: "aws|local"))
    var cognitoIssuer = CognitoIssuer.aws

    enum CognitoIssuer: String, ExpressibleByArgument, CaseIterable { case aws, local }

    @Option(help: "What is told on standard error: error, warning, info or debug.")
    var logLevel = LogLevel.info

    enum LogLevel: String, ExpressibleByArgument, CaseIterable, Comparable {
        case error, warning, info, debug

        static func < (left: LogLevel, right: LogLevel) -> Bool {
            let order = allCases
            return (order.firstIndex(of: left) ?? 0) < (order.firstIndex(of: right) ?? 0)
        }
    }

    func validate() throws {
        for address in [listen] + traffic where ServerSettings.Address(address) == nil {
            throw ValidationError("'\(address)' is no address: write it as 127.0.0.1:4566.")
        }
        guard account.utf8.count == 12, account.utf8.allSatisfy({ (48...57).contains($0) }) else {
            throw ValidationError("'\(account)' is no account: it has twelve digits, such as 123456789012.")
        }
        guard loops.map({ (1...1024).contains($0) }) ?? true else { throw ValidationError("--loops is at least 1.") }
        guard (1...10_000).contains(functionConcurrency) else {
            throw ValidationError("--function-concurrency is between 1 and 10000.")
        }
        if let accountThrottle, AccountThrottle(accountThrottle) == nil {
            throw ValidationError("--account-throttle is a rate and a burst, such as 10000/5000.")
        }
        guard (1...1_048_576).contains(cacheMemory) else {
            throw ValidationError("--cache-memory is between 1 and 1048576 megabytes.")
        }
        guard (1...1_048_576).contains(logStorage) else {
            throw ValidationError("--log-storage is between 1 and 1048576 megabytes.")
        }
        for text in issuer where Self.issuer(text) == nil {
            throw ValidationError("'\(text)' is no issuer: write it as https://issuer.example/=jwks.json.")
        }
        let issuers = issuer.compactMap { Self.issuer($0)?.issuer }
        if let twice = issuers.first(where: { name in issuers.count { $0 == name } > 1 }) {
            throw ValidationError("The issuer '\(twice)' is given twice: put all of its keys into one file.")
        }
        for host in issuerAllow where host.isEmpty || host.contains("/") || host.contains("@") {
            throw ValidationError(
                "'\(host)' is no host: write --issuer-allow as issuer.internal or 10.0.0.1, without https://.")
        }
        guard (tlsCertificate == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-certificate and --tls-key belong together.")
        }
        if inMemory, requireCredentials {
            throw ValidationError(
                "--require-credentials needs --data: keys that are not kept can be made by nobody beforehand.")
        }
        if inMemory, data != nil { throw ValidationError("--data and --in-memory exclude each other.") }
    }

    /// `defaultData` is the folder used when neither --data nor --in-memory says otherwise.
    func settings(defaultData: String?) -> ServerSettings {
        var settings = ServerSettings()
        settings.listen = ServerSettings.Address(listen) ?? settings.listen
        settings.requiresCredentials = requireCredentials
        settings.allowsPlainListener = insecureListen
        if let tlsCertificate, let tlsKey { settings.tls = TLSFiles(certificate: tlsCertificate, key: tlsKey) }
        settings.traffic = traffic.compactMap { ServerSettings.Address($0) }
        settings.dataFolder = inMemory ? nil : data ?? defaultData
        settings.account = AccountIdentity(accountId: account, region: region)
        settings.loops = loops
        settings.runtimesFolder = Self.absolute(runtimes ?? Self.runtimesBesideProgram)
        settings.searchPath = Self.environment("PATH") ?? settings.searchPath
        settings.accessLog = accessLog
        settings.logMegabytes = logStorage
        settings.functionConcurrency = functionConcurrency
        settings.functionUser = functionUser
        settings.isStrict = strict
        settings.accountThrottle = accountThrottle.flatMap(AccountThrottle.init)
        settings.trustedCertificates = trustedCertificates
        limits.apply(to: &settings)
        services.apply(to: &settings)
        settings.cacheMegabytes = cacheMemory
        settings.cacheFillsOnce = cacheSingleFill
        settings.hasLocalIssuer = cognitoIssuer == .local
        settings.issuers.keyFiles = issuer.compactMap(Self.issuer)
        settings.issuers.allowedHosts = issuerAllow
        settings.issuers.certificates = issuerCa
        settings.issuers.allowsPlain = !requireCredentials
        return settings
    }

    /// An issuer's address may hold `=`, a path of a file hardly does.
    private static func issuer(_ text: String) -> (issuer: String, file: String)? {
        guard let equals = text.lastIndex(of: "="), equals > text.startIndex, text.index(after: equals) < text.endIndex
        else { return nil }
        return (String(text[..<equals]), String(text[text.index(after: equals)...]))
    }

    /// `make` puts interpreters into `runtimes/` of the build folder, beside the program's own.
    static var runtimesBesideProgram: String? {
        if let folder = environment("GATEHOUSE_RUNTIMES") { return folder }
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        guard count > 0 else { return nil }
        let program = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        var folder = program.split(separator: "/").dropLast()
        while !folder.isEmpty {
            let candidate = "/" + (folder + ["runtimes"]).joined(separator: "/")
            if access(candidate, R_OK | X_OK) == 0 { return candidate }
            folder = folder.dropLast()
            if folder.last == "Sources" { break }
        }
        return nil
    }

    /// Functions run in folders of their own, so their interpreters are named from the root.
    static func absolute(_ path: String?) -> String? {
        guard let path, !path.hasPrefix("/") else { return path }
        guard let folder = getcwd(nil, 0) else { return path }
        defer { free(folder) }
        return String(cString: folder) + "/" + path
    }

    /// `NAME=value`, for programs that are run on the user's behalf.
    static var wholeEnvironment: [String] {
        var variables: [String] = []
        var next = environ
        while let variable = next.pointee {
            variables.append(String(cString: variable))
            next += 1
        }
        return variables
    }

    static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
