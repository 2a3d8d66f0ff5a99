import ControlPlane
import Crypto
import FunctionPackages
package import GatewayModel
package import JSON
package import Stacks
import Synchronization

/// A template on its way to a server, with all that it reads beside it: files, and code in packages.
package struct OutgoingTemplate {
    /// What the server is sent (`SentTemplate`).
    package let body: JSONValue
    /// Packages by the hexadecimal digits of their SHA-256.
    package let packages: [String: [UInt8]]
    /// What was said and has no effect, or may not have the one expected, one sentence each.
    package let notes: [String]
    /// What of the template is left out, one sentence each.
    package let leftOut: [String]

    /// Plans the template here first: what is wrong with it is told with its lines, and only what it names is read.
    package init(
        path: String, stackName: String, parameters: [(name: String, value: String)], account: AccountIdentity,
        allowMissing: [String] = []
    ) throws(TemplateError) {
        let files = ReadFiles()
        let source = try TemplateSource(path: path, files: files)
        let plan: StackPlan?
        do throws(TemplateError) {
            plan = try StackPlan(
                source, stackName: stackName, parameters: parameters, account: account,
                allowMissing: Set(allowMissing))
        } catch {
            // What lies in S3 only the server reads, and it tells what is wrong with the whole.
            guard files.namesObjects else { throw error }
            plan = nil
        }
        var packages: [String: [UInt8]] = [:]
        var code: JSONObject = [:]
        for place in files.code {
            let package: [UInt8]
            do throws(PackageError) { package = try Self.package(place, files) } catch {
                throw TemplateError(path, "\(place): \(error)")
            }
            let digest = Hexadecimal.encode(SHA256.hash(data: package))
            packages[digest] = package
            code[place] = .string(digest)
        }
        self.packages = packages
        notes =
            (plan?.warnings ?? []).map(\.description)
            + (plan?.storedOnly ?? []).map { "\($0.path) (line \($0.line)) has no effect here" }
            + files.code.compactMap(Self.noteOfDependencies)
        leftOut = plan?.leftOut.notes ?? []
        body = [
            "template": [
                "file": .string(path), "folder": .string(source.folder), "text": .string(source.text),
            ],
            "parameters": .object(JSONObject(parameters.map { ($0.name, .string($0.value)) })),
            "files": .object(JSONObject(files.read.map { ($0.key, .string(Base64.encode($0.value))) })),
            "code": .object(code), "allowMissing": .array(allowMissing.map { .string($0) }),
        ]
    }

    /// Types of a template that nobody serves and that may be left out, as `--allow-missing` takes them; nil where there is
    /// none.
    package static func missingTypes(path: String) -> String? {
        guard let source = try? TemplateSource(path: path) else { return nil }
        let types = LeftOutResources.missingTypes(in: source)
        return types.isEmpty ? nil : types.joined(separator: ",")
    }

    /// Only `up` installs what code depends on.
    private static func noteOfDependencies(_ folder: String) -> String? {
        let python = try? PythonRequirements(folder)?.file
        guard let file = python ?? (try? NodePackages(folder)?.file) else { return nil }
        return "\(folder) is sent as it is: what \(file) names must be installed in it already"
    }

    private static func package(_ place: String, _ files: ReadFiles) throws(PackageError) -> [UInt8] {
        guard case .file = files.kind(place) else { return try FolderArchive.bytes(of: place) }
        guard let bytes = DiskFiles().contents(place, upTo: StackLimits.assetBytes) else {
            throw .unusableFolder("The file cannot be read.")
        }
        return bytes
    }
}

/// The files of this machine, with a note of what was read and which code was named.
private final class ReadFiles: TemplateFiles {
    private struct Notes {
        var read: [String: [UInt8]] = [:]
        var code: Set<String> = []
        var namesObjects = false
    }

    private let disk = DiskFiles()
    private let notes = Mutex(Notes())

    var read: [String: [UInt8]] { notes.withLock { $0.read } }
    /// Whether something in S3 was asked for.
    var namesObjects: Bool { notes.withLock(\.namesObjects) }
    var code: [String] { notes.withLock { $0.code.sorted() } }

    /// Folders are looked at only as code, and so are packages.
    func kind(_ path: String) -> TemplateFileKind? {
        guard !TemplateSource.isObject(path) else {
            notes.withLock { $0.namesObjects = true }
            return nil
        }
        let kind = disk.kind(path)
        if kind == .folder || kind != nil && path.hasSuffix(".zip") { notes.withLock { _ = $0.code.insert(path) } }
        return kind
    }

    func contents(_ path: String, upTo limit: Int) -> [UInt8]? {
        guard let bytes = disk.contents(path, upTo: limit) else { return nil }
        notes.withLock { $0.read[path] = bytes }
        return bytes
    }

    func codeDigest(_ path: String) -> String? { disk.codeDigest(path) }

    func holds(_ file: String, inCode path: String) -> Bool? { disk.holds(file, inCode: path) }
}
