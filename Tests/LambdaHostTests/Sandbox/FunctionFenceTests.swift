import Foundation
import TestFixtures
import Testing

@testable import LambdaHost

private let isRoot = geteuid() == 0

/// As root: only it may give files away and become somebody else. `nobody` is 65534 on every Linux.
@Suite("Functions that run as a user of their own", .enabled(if: isRoot, "only root may run functions as another user"))
struct FunctionFenceTests {
    private let folder = TemporaryFolder()
    private let user = FunctionUser(name: "nobody", user: 65534, group: 65534)

    private func fence(hasGroups: Bool = true) -> FunctionFence {
        FunctionFence(user: user, codeFolder: folder.path, hasGroups: hasGroups)
    }

    private func code(_ name: String) throws -> String {
        try folder.write("text", to: "f/\(name)/inner/file")
        try folder.write("#!/bin/sh\n", to: "f/\(name)/program")
        let path = "\(folder.path)/f/\(name)"
        chmod(path, 0o700)
        chmod(path + "/inner", 0o700)
        chmod(path + "/inner/file", 0o600)
        chmod(path + "/program", 0o700)
        symlink("/etc/shadow", path + "/link")
        return path
    }

    private func temporary(_ name: String = "tmp") throws -> String {
        let path = "\(folder.path)/\(name)"
        try #require(mkdir(path, 0o700) == 0)
        return path
    }

    private func group(_ path: String) -> UInt32 {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_gid : 0
    }

    private func owner(_ path: String) -> UInt32 {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_uid : .max
    }

    @Test("each folder has a group of its own, and everything within may be read by whoever gets in")
    func folders() throws {
        let (one, other) = (try code("one"), try code("other"))
        let shadow = permissions("/etc/shadow")
        let identity = try fence().admit(to: [one, other], temporaryFolder: try temporary())
        #expect(identity.user == 65534)
        #expect(identity.groups == [group(one), group(other)])
        #expect(Set(identity.groups).count == 2)
        #expect(identity.groups.allSatisfy(FunctionFence.folderGroups.contains))
        for path in [one, other] {
            #expect(permissions(path) == 0o750)
            #expect(owner(path) == 0)
            #expect(permissions(path + "/inner") == 0o755)
            #expect(permissions(path + "/inner/file") == 0o644)
            #expect(permissions(path + "/program") == 0o755)
        }
        #expect(permissions("/etc/shadow") == shadow)
    }

    @Test("environments that share code have its group and else one that nobody else has")
    func environments() throws {
        let (fence, path) = (fence(), try code("one"))
        let (first, second) = (try temporary("1"), try temporary("2"))
        let one = try fence.admit(to: [path], temporaryFolder: first)
        let other = try fence.admit(to: [path], temporaryFolder: second)
        #expect(one.groups == other.groups)
        #expect(one.group != other.group)
        #expect(FunctionFence.environmentGroups.contains(one.group))
        #expect(group(first) == one.group)
        #expect(owner(first) == 0)
        #expect(permissions(first) == 0o770)
    }

    @Test("code that has been made anew in its place is opened again")
    func again() throws {
        let (fence, path) = (fence(), try code("one"))
        let before = try fence.admit(to: [path], temporaryFolder: try temporary("1"))
        try FileManager.default.removeItem(atPath: path)
        _ = try code("one")
        let after = try fence.admit(to: [path], temporaryFolder: try temporary("2"))
        #expect(before.groups == after.groups)
        #expect(permissions(path) == 0o750)
        #expect(permissions(path + "/program") == 0o755)
    }

    @Test("where no groups are to be had, the user's own stands for all; what is no code of ours is left alone")
    func few() throws {
        let (path, place) = (try code("one"), try temporary())
        let elsewhere = TemporaryFolder()
        chmod(elsewhere.path, 0o700)
        let identity = try fence(hasGroups: false).admit(to: [path, elsewhere.path], temporaryFolder: place)
        #expect(identity == ProcessIdentity(user: 65534, group: 65534, groups: []))
        #expect(group(path) == 65534)
        #expect(owner(place) == 65534)
        #expect(permissions(place) == 0o700)
        #expect(permissions(elsewhere.path) == 0o700)
        #expect(try fence().admit(to: [elsewhere.path], temporaryFolder: try temporary("2")).groups.isEmpty)
        #expect(permissions(elsewhere.path) == 0o700)
    }

    @Test("code that is not there is told")
    func missing() throws {
        let failure = try #require(throws: LaunchError.self) {
            try fence().admit(to: ["\(folder.path)/f/gone"], temporaryFolder: folder.path)
        }
        #expect(failure.message.contains("f/gone to the user that functions run as: no such file"))
    }

    @Test("the first place that is closed on the way is told, behind links too")
    func closed() throws {
        try folder.write("text", to: "shut/inner/file")
        try folder.write("#!/bin/sh\n", to: "program")
        chmod(folder.path + "/program", 0o755)
        chmod(folder.path, 0o711)
        symlink("\(folder.path)/shut/inner", folder.path + "/link")
        #expect(fence().firstClosed(to: []) == nil)
        #expect(fence().firstClosed(to: [folder.path, "/usr/bin/env", folder.path + "/program"]) == nil)
        #expect(fence().firstClosed(to: ["\(folder.path)/shut/inner"]) == nil)
        chmod(folder.path + "/shut", 0o700)
        for place in ["\(folder.path)/shut/inner", "\(folder.path)/link"] {
            let found = try #require(fence().firstClosed(to: ["/usr/bin", place]))
            #expect(found.closed.hasSuffix("/shut"))
            #expect(found.place == place)
        }
        chmod(folder.path + "/program", 0o700)
        #expect(fence().firstClosed(to: [folder.path + "/program"])?.closed == folder.path + "/program")
    }

    @Test("a process is who it is said to be, in no other group, and gains nothing by what it executes")
    func process() async throws {
        let identity = ProcessIdentity(user: 65534, group: 0x7800_0001, groups: [0x7000_0001, 0x7000_0002])
        let output = folder.path + "/output"
        try folder.write("", to: "output")
        chmod(output, 0o666)
        chmod(folder.path, 0o711)
        let script =
            "grep -E '^(Uid|Gid|Groups|CapInh|CapPrm|CapEff|CapAmb|NoNewPrivs)' /proc/self/status > \(output); "
            + "echo told > /dev/stderr && echo opened >> \(output); kill -0 \(getpid()) || echo refused >> \(output)"
        let ended = AsyncStream.makeStream(of: ProcessTable.Exit.self)
        let started = try ProcessTable.shared().spawn(
            executable: "/bin/sh", arguments: ["-c", script], environment: ["PATH=/usr/bin:/bin"], folder: "/",
            identity: identity
        ) { exit in
            ended.continuation.yield(exit)
            ended.continuation.finish()
        }
        for await _ in ended.stream {}
        close(started.output)
        let lines = contents(output)?.split(separator: "\n").map { $0.replacing("\t", with: " ") } ?? []
        let none = "0000000000000000"
        #expect(
            lines == [
                "Uid: 65534 65534 65534 65534", "Gid: 2013265921 2013265921 2013265921 2013265921",
                "Groups: 1879048193 1879048194 ", "CapInh: \(none)", "CapPrm: \(none)", "CapEff: \(none)",
                "CapAmb: \(none)", "NoNewPrivs: 1", "opened", "refused",
            ])
    }
}
