import Stacks
import Synchronization

/// The files of this machine, with a note of those that were asked for: they are what a template depends on.
final class ConsultedFiles: TemplateFiles {
    private struct Consulted {
        var folders: Set<String> = []
        var files: Set<String> = []
    }

    private let disk: DiskFiles
    private let consulted = Mutex(Consulted())

    init(code: LocalCodeSource) { disk = DiskFiles { code.digest($0) } }

    func kind(_ path: String) -> TemplateFileKind? {
        let kind = disk.kind(path)
        consulted.withLock { consulted in
            // What is not there may come.
            _ = kind == .folder ? consulted.folders.insert(path) : consulted.files.insert(path)
        }
        return kind
    }

    func contents(_ path: String, upTo limit: Int) -> [UInt8]? {
        consulted.withLock { _ = $0.files.insert(path) }
        return disk.contents(path, upTo: limit)
    }

    func codeDigest(_ path: String) -> String? { disk.codeDigest(path) }

    /// What lies in code is watched as code.
    func holds(_ file: String, inCode path: String) -> Bool? { disk.holds(file, inCode: path) }

    var folders: Set<String> { consulted.withLock(\.folders) }
    var files: Set<String> { consulted.withLock(\.files) }
}
