import ControlPlane
import FunctionPackages
import LambdaHost

/// requirements.txt, for pip of the interpreter that runs the function.
struct PythonRequirements: DependencyManifest {
    let file: String
    let contents: [[UInt8]]

    /// Files that a requirements file may include, all together.
    private static let maximumFiles = 100

    /// Nil when there is no such file, or nothing in it.
    init?(_ folder: String) throws(DependencyError) {
        file = folder + "/requirements.txt"
        var (contents, waiting, hasRequirement): ([[UInt8]], [String], Bool) = ([], [file], false)
        var seen: Set<String> = [file]
        while let path = waiting.popLast() {
            guard let bytes = CacheFolder.contents(path) else {
                if path == file { return nil }
                throw DependencyError("\(file): it includes \(path), which cannot be read")
            }
            contents.append(bytes)
            let home = path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex)
            for (number, line) in Self.lines(bytes) {
                let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "=" })
                switch words.first {
                case "-r", "--requirement", "-c", "--constraint":
                    guard words.count > 1, seen.count < Self.maximumFiles else { continue }
                    let included = words[1].hasPrefix("/") ? String(words[1]) : "\(home)/\(words[1])"
                    if seen.insert(included).inserted { waiting.append(included) }
                case "-e", "--editable":
                    throw DependencyError("\(path):\(number): packages of this machine are not installed: \(line)")
                case let word? where word.hasPrefix(".") || word.hasPrefix("/") || word.hasPrefix("file:"):
                    // Building it would write into its folder, and an edit of it would not be seen.
                    throw DependencyError("\(path):\(number): packages of this machine are not installed: \(line)")
                default: hasRequirement = hasRequirement || !line.hasPrefix("-")
                }
            }
        }
        guard hasRequirement else { return nil }
        self.contents = contents
    }

    private static func lines(_ bytes: [UInt8]) -> [(number: Int, text: Substring)] {
        let text = String(decoding: bytes, as: UTF8.self)
        return text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated().compactMap {
            let line = $0.element.drop(while: \.isWhitespace)
            return line.isEmpty || line.hasPrefix("#") ? nil : ($0.offset + 1, line)
        }
    }

    /// What the runtime brings, boto3 above all, is not installed again: functions that name it ask for what is there.
    func isSatisfied(_ installation: Installation) async -> Bool {
        await ToolProcess(
            executable: installation.interpreter, arguments: ["-c", Self.question, file],
            environment: installation.environment, folder: "/"
        ).run().succeeded
    }

    /// Ends well when every line is a requirement that is met; with a failure for everything else, so that pip decides.
    private static let question = """
        import sys
        from importlib.metadata import version
        from pip._vendor.packaging.requirements import Requirement
        for line in open(sys.argv[1]):
            line = line.split(' #')[0].strip()
            if not line or line.startswith('#'):
                continue
            wanted = Requirement(line)
            if wanted.marker and not wanted.marker.evaluate():
                continue
            if wanted.url or wanted.extras or not wanted.specifier.contains(version(wanted.name), prereleases=True):
                sys.exit(1)
        """

    func installer(_ installation: Installation, into folder: String) throws(DependencyError) -> ToolProcess {
        ToolProcess(
            executable: installation.interpreter,
            arguments: [
                "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--progress-bar", "off",
                "--target", folder, "-r", file,
            ], environment: installation.environment, folder: folder)
    }

    /// Programs of packages are no part of the code.
    func clean(_ folder: String) { CacheFolder.remove(folder + "/bin") }
}
