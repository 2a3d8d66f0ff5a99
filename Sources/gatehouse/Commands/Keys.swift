import ArgumentParser
import GatewayServer

/// Access keys, for whoever can read the data folder.
struct Keys: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make, change and end access keys, with no other credentials than the data folder.",
        discussion: """
            gatehouse keys create --data ./state                  a user 'admin' who may do everything, and a key of his
            gatehouse keys create --data ./state --user ci --policy arn:aws:iam::aws:policy/AmazonAPIGatewayAdministrator
            gatehouse keys rotate --data ./state --user ci        a new key; the old one is no longer taken
            gatehouse keys disable --data ./state AKIA...         a key is no longer taken

            A secret is shown once, when its key is made. Whether a server runs on the folder makes no difference.
            """,
        subcommands: [KeysCreate.self, KeysRotate.self, KeysDisable.self])
}

struct KeysCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make an access key, and its user where there is none of that name.")

    @OptionGroup var folder: KeyOptions
    @Option(help: "Whose key it is.") var user = "admin"
    @Option(
        help: ArgumentHelp(
            "What the user may do: the ARN of a managed policy (default: everything, where there is no such user yet).",
            valueName: "arn"))
    var policy: String?

    private static let everything = "arn:aws:iam::aws:policy/AdministratorAccess"

    func run() async throws {
        try await folder.withClient { client throws(OperatorClient.Refusal) in
            // Before anybody is made: a policy that is not there leaves nobody behind.
            if let policy { try await client.done("GetPolicy", ["PolicyArn": policy]) }
            switch try await client.call("GetUser", ["UserName": user]) {
            case .success:
                if let policy {
                    try await client.done("AttachUserPolicy", ["UserName": user, "PolicyArn": policy])
                } else if try await !client.mayDoSomething(user) {
                    Console.warn("\(user) has no policy and no group: the key may do nothing (--policy gives one).")
                }
            case .failure(let fault):
                guard fault.code == "NoSuchEntity" else { throw fault.refusal }
                try await client.done("CreateUser", ["UserName": user])
                try await client.done("AttachUserPolicy", ["UserName": user, "PolicyArn": policy ?? Self.everything])
            }
            try await client.showNewKey(of: user)
        }
    }
}

struct KeysRotate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Make a new access key of a user; the ones before are no longer taken.")

    @OptionGroup var folder: KeyOptions
    @Option(help: "Whose key it is.") var user = "admin"

    func run() async throws {
        try await folder.withClient { client throws(OperatorClient.Refusal) in
            let listed = try await client.done("ListAccessKeys", ["UserName": user])
            let ids = OperatorClient.element("AccessKeyId", in: listed)
            let states = OperatorClient.element("Status", in: listed)
            let active = zip(ids, states).filter { $0.1 == "Active" }.map(\.0)
            // A user has two keys at most: what is no longer taken makes room.
            if ids.count > 1 {
                guard active.count < 2 else {
                    throw OperatorClient.Refusal(
                        sentence: """
                            \(user) has two keys that are taken, \(ids.joined(separator: " and ")): disable one of them \
                            first (gatehouse keys disable).
                            """)
                }
                for id in ids where !active.contains(id) {
                    try await client.done("DeleteAccessKey", ["UserName": user, "AccessKeyId": id])
                }
            }
            try await client.showNewKey(of: user)
            for id in active {
                try await client.done("UpdateAccessKey", ["UserName": user, "AccessKeyId": id, "Status": "Inactive"])
                Console.warn("The key \(id) is no longer taken.")
            }
        }
    }
}

struct KeysDisable: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable", abstract: "Take an access key no longer.")

    @OptionGroup var folder: KeyOptions
    @Argument(help: "The key's id.") var key: String

    func run() async throws {
        try await folder.withClient { client throws(OperatorClient.Refusal) in
            let used = try await client.done("GetAccessKeyLastUsed", ["AccessKeyId": key])
            let user = OperatorClient.element("UserName", in: used).first ?? ""
            try await client.done("UpdateAccessKey", ["UserName": user, "AccessKeyId": key, "Status": "Inactive"])
            Console.warn("The key \(key) of \(user) is no longer taken.")
        }
    }
}

/// The server whose keys they are.
struct KeyOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The folder of the server's state (default: ./.gatehouse).", valueName: "dir"))
    var data = ".gatehouse"

    @Option(
        help: ArgumentHelp(
            "Where the server listens, if one runs on the folder (default: as the folder says).", valueName: "url"))
    var endpoint: String?

    /// Without a server one is started for it, on a port of its own.
    func withClient(
        _ work: (OperatorClient) async throws(OperatorClient.Refusal) -> Void
    ) async throws {
        let isRunning = Gatehouse.isRunning(on: data)
        let server = isRunning ? nil : try await start()
        do throws(OperatorClient.Refusal) {
            let address = if let endpoint, isRunning { endpoint } else { try Gatehouse.localEndpoint(of: data) }
            try await work(
                OperatorClient(
                    dataFolder: data, endpoint: address, authorities: ServerOptions.environment("AWS_CA_BUNDLE")))
            await server?.stop()
        } catch {
            await server?.stop()
            throw StackOptions.failed([error.sentence])
        }
    }

    private func start() async throws -> Gatehouse {
        var settings = ServerSettings()
        settings.listen = ServerSettings.Address(host: "127.0.0.1", port: 0)
        settings.dataFolder = data
        settings.requiresCredentials = true
        return try await Running.start(settings)
    }

}

extension OperatorClient {
    /// A call that has to succeed.
    @discardableResult
    fileprivate func done(
        _ action: String, _ parameters: KeyValuePairs<String, String>
    ) async throws(Refusal) -> String {
        switch try await call(action, parameters) {
        case .success(let text): return text
        case .failure(let fault): throw fault.refusal
        }
    }

    /// Whether a user has a policy, or a group that may have one.
    fileprivate func mayDoSomething(_ user: String) async throws(Refusal) -> Bool {
        for (action, element) in [
            ("ListAttachedUserPolicies", "PolicyArn"), ("ListUserPolicies", "member"),
            ("ListGroupsForUser", "GroupName"),
        ] {
            let listed = try await done(action, ["UserName": user])
            if !Self.element(element, in: listed).isEmpty { return true }
        }
        return false
    }

    fileprivate func showNewKey(of user: String) async throws(Refusal) {
        let made = try await done("CreateAccessKey", ["UserName": user])
        let text = { (name: String) in Self.element(name, in: made).first ?? "" }
        Console.say("AWS_ACCESS_KEY_ID=\(text("AccessKeyId"))")
        Console.say("AWS_SECRET_ACCESS_KEY=\(text("SecretAccessKey"))")
    }
}

extension OperatorClient.Fault {
    fileprivate var refusal: OperatorClient.Refusal { OperatorClient.Refusal(sentence: message) }
}
