/// A template's text, the name it goes by in messages, and the folder that its local paths start from.
package struct TemplateSource: Sendable {
    package let file: String
    /// Absolute.
    package let folder: String
    let bytes: [UInt8]
    /// What the template's local paths lead to.
    let files: any TemplateFiles
    let included = IncludedBudget()

    package init(file: String, folder: String, bytes: [UInt8], files: any TemplateFiles = DiskFiles()) {
        self.file = file
        self.folder = folder
        self.bytes = bytes
        self.files = files
    }

    /// Reads the template at `path`, which may be relative to the working folder.
    package init(path: String, files: any TemplateFiles = DiskFiles()) throws(TemplateError) {
        let absolute = LocalFiles.absolute(path, in: LocalFiles.workingFolder)
        switch LocalFiles.kind(absolute) {
        case nil: throw Self.error(path, "There is no such file")
        case .folder: throw Self.error(path, "This is a folder; name the template in it")
        case .other: throw Self.error(path, "This is not a regular file")
        case .file(let bytes) where bytes > TemplateLimits.bytes: throw Self.tooLarge(path)
        case .file: break
        }
        guard let bytes = LocalFiles.contents(absolute, upTo: TemplateLimits.bytes) else {
            throw Self.error(path, "The file cannot be read")
        }
        self.init(file: path, folder: LocalFiles.folder(of: absolute), bytes: bytes, files: files)
    }

    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The template as a map of sections.
    func root(_ problems: inout Problems) throws(TemplateError) -> TemplateMap {
        guard bytes.count <= TemplateLimits.bytes else { throw Self.tooLarge(file) }
        let root: TemplateValue?
        do throws(TemplateProblem) { root = try Self.value(bytes, file: file, &problems) } catch {
            throw TemplateError([error])
        }
        guard let map = root?.map else { throw Self.error(file, "A template is a map of sections") }
        return map
    }

    /// What begins with `{` is JSON, everything else YAML; nil when there is nothing.
    static func value(
        _ bytes: [UInt8], file: String, _ problems: inout Problems
    ) throws(TemplateProblem) -> TemplateValue? {
        let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        let value: TemplateValue?
        if bytes.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") {
            value = try JSONTemplateReader.read(bytes, file: file)
        } else if String(validating: bytes, as: UTF8.self) != nil {
            value = try YAMLTemplateReader.read(bytes, file: file) { problems.warn($0) }
        } else {
            throw TemplateProblem(file: file, line: nil, path: "", message: "The template is not UTF-8")
        }
        if let line = value?.lineOfLongPath(room: TemplateLimits.pathBytes) {
            throw TemplateProblem(
                file: file, line: line, path: "",
                message: "The keys that lead here have more than \(TemplateLimits.pathBytes) bytes together")
        }
        return value
    }

    private static func tooLarge(_ file: String) -> TemplateError {
        error(file, "The template is larger than \(TemplateLimits.bytes) bytes")
    }

    private static func error(_ file: String, _ message: String) -> TemplateError {
        TemplateError([TemplateProblem(file: file, line: nil, path: "", message: message)])
    }
}

extension TemplateValue {
    /// The first line that more than `room` bytes of keys lead to; nil when there is none. The recursion is as deep as
    /// the readers allow.
    fileprivate func lineOfLongPath(room: Int) -> Int? {
        guard room >= 0 else { return line }
        switch content {
        case .list(let items): return items.lazy.compactMap { $0.lineOfLongPath(room: room) }.first
        case .map(let map):
            return map.entries.lazy.compactMap { entry in
                entry.value.lineOfLongPath(room: room - entry.key.utf8.count - 1)
            }.first
        case .null, .bool, .number, .string: return nil
        }
    }
}
