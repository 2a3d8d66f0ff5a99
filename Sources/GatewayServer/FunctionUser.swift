import LambdaHost

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Who runs the server.
package enum ServerUser {
    package static var isRoot: Bool { geteuid() == 0 }
}

/// Whom functions run as, as the operator says it.
extension FunctionUser {
    /// A name, or `uid:gid`.
    static func named(_ text: String) throws -> FunctionUser {
        guard ServerUser.isRoot else {
            throw StartError(
                "--function-user needs a server that root runs; this one is run by user \(geteuid()), and so are functions."
            )
        }
        let user = try text.contains(":") ? numbered(text) : known(text)
        guard user.user != 0, user.group != 0 else {
            throw StartError(
                "--function-user \(text) is root, or in root's group: functions could read everything. Name another user."
            )
        }
        try checkMemory()
        return user
    }

    private static func numbered(_ text: String) throws -> FunctionUser {
        let numbers = text.split(separator: ":", omittingEmptySubsequences: false).map { UInt32($0) }
        // The highest number means to the kernel that nothing is to change.
        guard numbers.count == 2, let user = numbers[0], let group = numbers[1], user != .max, group != .max else {
            throw StartError("--function-user \(text) is no user: write a name, or uid:gid as in 65534:65534.")
        }
        return FunctionUser(name: text, user: user, group: group)
    }

    private static func known(_ name: String) throws -> FunctionUser {
        guard !name.isEmpty, let entry = getpwnam(name)?.pointee else {
            throw StartError(
                """
                There is no user '\(name)' (--function-user). Make one (useradd --system --no-create-home \
                --shell /usr/sbin/nologin \(name)), or write uid:gid.
                """)
        }
        return FunctionUser(name: name, user: entry.pw_uid, group: entry.pw_gid)
    }

    /// A process that has just become another user shares the server's memory until it executes its program. The kernel
    /// keeps others of that user out of it, unless it has been told otherwise for debugging.
    private static func checkMemory() throws {
        let setting = try? FileText.bytes(of: "/proc/sys/fs/suid_dumpable", upTo: 1)
        guard setting == [UInt8(ascii: "1")] else { return }
        throw StartError(
            """
            fs.suid_dumpable is 1: functions could look into the server's memory while they start. Set it to 0 or 2 \
            (sysctl fs.suid_dumpable=0), or start without --function-user.
            """)
    }
}

extension FunctionFence {
    /// Whether the user gets to what he needs.
    func check(_ runtimes: RuntimeCatalog, _ folder: StateFolder) throws {
        try check([folder.code], else: "name another folder with --data")
        try check([folder.scratch], else: "name another folder for temporary files with TMPDIR")
        try check(runtimes.places, else: "install it elsewhere: --runtimes, or PATH, tells where it is")
        guard hasGroups else {
            return Console.postWarning(
                """
                gatehouse: the system gives this container few groups (/proc/self/gid_map), so functions can read the code \
                and the temporary files of one another. What the server keeps is closed to them.
                """)
        }
    }

    private func check(_ places: [String], else advice: String) throws {
        guard let (closed, place) = firstClosed(to: places) else { return }
        let way = closed == place ? "" : ", which leads to \(place)"
        throw StartError(
            """
            The user \(user.name), whom functions run as, may not enter \(closed)\(way). Open it (chmod o+x \(closed)), \
            or \(advice).
            """)
    }
}
