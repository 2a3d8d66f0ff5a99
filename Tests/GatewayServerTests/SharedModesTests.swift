import Foundation
import LambdaHost
import TestFixtures
import Testing

@testable import GatewayServer

@Suite("Modes of a data folder beside functions that run as another user")
struct SharedModesTests {
    private let folder = TemporaryFolder()
    private var data: String { folder.path + "/data" }
    private var code: String { data + "/functions" }
    private var scratch: String { folder.path + "/scratch" }
    /// Nobody's; the modes are the same whoever it is.
    private let user = FunctionUser(name: "somebody", user: 64999, group: 64999)

    init() throws {
        // As versions before this one made it.
        for name in ["state.sqlite", "state.sqlite-wal", "state.sqlite-shm", "tables.sqlite", "secrets.key", "lock"] {
            try folder.write("x", to: "data/\(name)")
            chmod("\(folder.path)/data/\(name)", 0o644)
        }
        try folder.write("x", to: "data/logs/lambda-f.log")
        try folder.write("x", to: "data/assets/package.zip")
        try folder.write("x", to: "data/own/notes")
        try folder.write("x", to: "data/functions/f/0a1b/handler.py")
        try folder.write("x", to: "data/functions/f/0a1b.zip")
        try folder.write("x", to: "data/functions/.local/2c3d/handler.py")
        try FileManager.default.createDirectory(atPath: folder.path + "/scratch", withIntermediateDirectories: true)
        chmod(folder.path + "/data", 0o700)
        chmod(folder.path + "/scratch", 0o700)
        symlink(folder.path, folder.path + "/data/link")
        chmod(folder.path, 0o755)
    }

    private func apply(_ user: FunctionUser? = nil) throws {
        try SharedModes(user: user ?? self.user, code: code).apply(data: data, scratch: scratch)
    }

    @Test("the way to code lets through and shows nothing; everything else is closed, what is missing made closed")
    func modes() throws {
        try apply()
        for path in [data, scratch, code, "\(code)/f", "\(code)/.local"] {
            #expect(permissions(path) == 0o711, "\(path)")
        }
        for name in [
            "state.sqlite", "state.sqlite-wal", "state.sqlite-shm", "tables.sqlite", "pools.sqlite", "secrets.key",
            "lock", "functions/f/0a1b.zip",
        ] { #expect(permissions("\(data)/\(name)") == 0o600, "\(name)") }
        for name in ["logs", "assets", "own", "functions/f/0a1b", "functions/.local/2c3d"] {
            #expect(permissions("\(data)/\(name)") == 0o700, "\(name)")
        }
        // Where links lead is not the folder's to close.
        #expect(permissions(folder.path) == 0o755)
        #expect(contents("\(data)/state.sqlite") == "x")
        #expect(permissions("\(code)/f/0a1b/handler.py") == 0o644)
    }

    @Test("what is not Gatehouse's in a folder that others could enter before stays as it is")
    func open() throws {
        chmod(data, 0o755)
        try apply()
        #expect(permissions("\(data)/own") == 0o755)
        #expect(permissions("\(data)/logs") == 0o700)
        #expect(permissions(data) == 0o711)
    }

    @Test("with nothing kept, the tables in the scratch space are closed")
    func memory() throws {
        try SharedModes(user: user, code: code).apply(data: nil, scratch: scratch)
        #expect(permissions("\(scratch)/tables.sqlite") == 0o600)
        #expect(permissions(scratch) == 0o711)
        #expect(permissions(data) == 0o700)
    }

    @Test("a folder on the way that others may change is refused: they could put another in its place")
    func changed() throws {
        chmod(folder.path, 0o777)
        let error = try #require(throws: StartError.self) { try apply() }
        #expect("\(error)".contains("\(folder.path) can be changed by somebody"))
        #expect(permissions(data) == 0o700)
        // What is in a folder like /tmp is its owner's alone.
        chmod(folder.path, 0o1777)
        try apply()
    }

    @Test("a folder that belongs to the user is refused: owners read what is theirs")
    func owned() throws {
        let own = FunctionUser(name: "somebody", user: geteuid(), group: getegid())
        let error = try #require(throws: StartError.self) { try apply(own) }
        #expect("\(error)".contains("somebody, whom functions run as"))
        #expect(permissions(data) == 0o700)
    }
}

@Suite("Naming the user that functions run as")
struct FunctionUserTests {
    @Test(
        "what cannot be is told", .enabled(if: ServerUser.isRoot, "only root may name one"),
        arguments: [
            ("root", "is root"), ("0:0", "is root"), ("65534:0", "or in root's group"),
            ("no-such-user", "There is no user"),
            ("", "There is no user"), ("1:2:3", "is no user"), ("4294967295:1", "is no user"),
            ("1:4294967295", "is no user"),
            ("-1:1", "is no user"), (":", "is no user"), ("4294967296:1", "is no user"),
        ])
    func refused(_ text: String, _ reason: String) throws {
        let error = try #require(throws: StartError.self) { try FunctionUser.named(text) }
        #expect("\(error)".contains(reason))
    }

    @Test("a name and numbers", .enabled(if: ServerUser.isRoot, "only root may name one"))
    func named() throws {
        #expect(try FunctionUser.named("nobody").user == 65534)
        #expect(try FunctionUser.named("1234:5678") == FunctionUser(name: "1234:5678", user: 1234, group: 5678))
    }

    @Test("who is not root is told so", .enabled(if: !ServerUser.isRoot, "root may"))
    func notRoot() throws {
        let error = try #require(throws: StartError.self) { try FunctionUser.named("nobody") }
        #expect("\(error)".contains("needs a server that root runs"))
    }
}
