import CSandbox
import GatewayModel
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The processes started here, and who wants to know of their end.
final class ProcessTable: Sendable {
    enum Exit: Sendable, Equatable {
        case status(Int)
        case signal(Int)
    }

    struct Failure: Error {
        let message: String
    }

    /// Who waits for which process. Held while one is started: its end cannot be told before it is known.
    private let waiting = Mutex<[Int32: @Sendable (Exit) -> Void]>([:])

    /// Children are a property of the process, so there is one table in it.
    private static let instance = Mutex<ProcessTable?>(nil)

    static func shared() throws -> ProcessTable {
        try instance.withLock { instance in
            if let table = instance { return table }
            let table = ProcessTable()
            instance = table
            let error = sandbox_start { pid, status in ProcessTable.ended(pid, status) }
            guard error == 0 else {
                throw Failure(message: "cannot start the function host's threads: \(SystemReason.text(error))")
            }
            return table
        }
    }

    /// Whether processes can be shown a folder at `/opt`.
    static func canShowOpt(toOthers: Bool) -> Bool { sandbox_can_show_opt(toOthers ? 1 : 0) != 0 }

    /// Starts a process; blocks for a millisecond or so. `onExit` is called on a thread of its own.
    ///
    /// - Parameters:
    ///   - opt: the folder that it finds at `/opt`; nil: the machine's own.
    ///   - identity: who it is; nil: the server's own user.
    func spawn(
        executable: String, arguments: [String], environment: [String], folder: String, opt: String? = nil,
        identity: ProcessIdentity? = nil, onExit: @escaping @Sendable (Exit) -> Void
    ) throws(Failure) -> (pid: Int32, output: Int32) {
        let process = waiting.withLock { waiting in
            let process = Self.spawn([executable] + arguments, environment, folder, opt, identity)
            if process.pid > 0 { waiting[process.pid] = onExit }
            return process
        }
        guard process.pid > 0 else {
            throw Failure(message: Self.refusal(executable, process.error))
        }
        return (process.pid, process.output)
    }

    /// Why a program cannot be started, and what to look at: most often it is a function's own `bootstrap`.
    static func refusal(_ executable: String, _ error: Int32) -> String {
        let advice =
            switch error {
            case ENOEXEC:
                ". It is neither a program for this machine's processor nor a script whose first line names its "
                    + "interpreter (#!/bin/sh)."
            case ENOENT:
                ". If the file is there, the interpreter is missing that its first line or, of a program, its header "
                    + "names: does the line end in CR LF, or is the program linked for another C library?"
            case EACCES:
                ". It or its interpreter may not be executed: look at their rights, and whether their file system is "
                    + "mounted noexec."
            case EAGAIN: ". There are as many processes as the system allows (ulimit -u, TasksMax)."
            case EMFILE, ENFILE: ". There are as many open files as the system allows (ulimit -n)."
            default: ""
            }
        return "cannot start \(executable): \(SystemReason.text(error))\(advice)"
    }

    private static func spawn(
        _ words: [String], _ environment: [String], _ folder: String, _ opt: String?, _ identity: ProcessIdentity?
    ) -> sandbox_process {
        withCStrings(words) { arguments in
            withCStrings(environment) { environment in
                withCStrings([folder] + (opt.map { [$0] } ?? [])) { folders in
                    ProcessIdentity.with(identity) { identity in
                        var spec = sandbox_spec(
                            executable: arguments[0], arguments: arguments, environment: environment,
                            folder: folders[0], opt: folders[1], open_files: LambdaLimits.openFiles,
                            identity: identity)
                        return sandbox_spawn(&spec)
                    }
                }
            }
        }
    }

    func kill(_ pid: Int32) { sandbox_kill(pid) }

    private static func ended(_ pid: Int32, _ status: Int32) {
        let exit: Exit = status & 0x7F == 0 ? .status(Int(status >> 8 & 0xFF)) : .signal(Int(status & 0x7F))
        let table = instance.withLock(\.self)
        let handler = table?.waiting.withLock { $0.removeValue(forKey: pid) }
        handler?(exit)
    }
}

func withCStrings<R>(
    _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> R
) -> R {
    var pointers: [UnsafeMutablePointer<CChar>?] = strings.map { string in
        string.withCString { source in
            let length = string.utf8.count + 1
            let copy = UnsafeMutablePointer<CChar>.allocate(capacity: length)
            copy.initialize(from: source, count: length)
            return copy
        }
    }
    defer { for pointer in pointers { pointer?.deallocate() } }
    pointers.append(nil)
    return pointers.withUnsafeBufferPointer { buffer in
        guard let base = buffer.baseAddress else { preconditionFailure("the list holds at least its end") }
        return body(base)
    }
}
