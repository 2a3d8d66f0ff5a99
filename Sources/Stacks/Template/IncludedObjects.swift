import Synchronization

extension TemplateSource {
    /// Whether what a template takes in lies in S3.
    package static func isObject(_ path: String) -> Bool { path.hasPrefix(ObjectPlace.scheme) }

    package var mayIncludeObjects: Bool { text.contains(Template.include) && text.contains(ObjectPlace.scheme) }

    /// The template with what it takes in from S3 (`AWS::Include`) beside it.
    ///
    /// Planning is synchronous, and where an object lies may follow from parameters and mappings: so the template is
    /// planned once to hear what is asked for, which is then read.
    package func includingObjects(
        _ management: any Management, planning: (TemplateSource) throws(TemplateError) -> Void
    ) async throws(TemplateError) -> TemplateSource {
        including(try await includedObjects(management, planning: planning))
    }

    /// The template with objects beside it that have been read.
    package func including(_ objects: [String: [UInt8]]) -> TemplateSource {
        guard !objects.isEmpty else { return self }
        return TemplateSource(
            file: file, folder: folder, bytes: bytes, files: ObjectFiles(files, objects: objects))
    }

    /// What the template takes in from S3, by its places.
    package func includedObjects(
        _ management: any Management, planning: (TemplateSource) throws(TemplateError) -> Void
    ) async throws(TemplateError) -> [String: [UInt8]] {
        guard mayIncludeObjects else { return [:] }
        let asking = ObjectFiles(files, objects: [:])
        // What is wrong with the template is told when it is planned.
        try? planning(TemplateSource(file: file, folder: folder, bytes: bytes, files: asking))
        let places = asking.asked
        guard places.count <= TemplateLimits.includedObjects else {
            throw TemplateError(file, "The template includes more than \(TemplateLimits.includedObjects) objects")
        }
        var objects: [String: [UInt8]] = [:]
        for place in places {
            guard let names = ObjectPlace.names(in: place) else { continue }
            do throws(ManagementCalls.Failure) {
                objects[place] = try await ManagementCalls(management: management).object(
                    names.bucket, names.key, version: names.version)
            } catch {
                throw TemplateError(file, "Transform \(Template.include) failed with: \(place): \(error.message)")
            }
        }
        return objects
    }
}

/// Files beside a template, and objects in S3 by their places, with a note of those that were asked for and are not here.
private final class ObjectFiles: TemplateFiles {
    private let files: any TemplateFiles
    private let objects: [String: [UInt8]]
    private let missing = Mutex<Set<String>>([])

    init(_ files: any TemplateFiles, objects: [String: [UInt8]]) {
        self.files = files
        self.objects = objects
    }

    var asked: [String] { missing.withLock { $0.sorted() } }

    func kind(_ path: String) -> TemplateFileKind? {
        guard path.hasPrefix(ObjectPlace.scheme) else { return files.kind(path) }
        if objects[path] == nil { missing.withLock { _ = $0.insert(path) } }
        return objects[path].map { .file(bytes: $0.count) }
    }

    func contents(_ path: String, upTo limit: Int) -> [UInt8]? {
        guard path.hasPrefix(ObjectPlace.scheme) else { return files.contents(path, upTo: limit) }
        return objects[path].flatMap { $0.count <= limit ? $0 : nil }
    }

    func codeDigest(_ path: String) -> String? { files.codeDigest(path) }

    func holds(_ file: String, inCode path: String) -> Bool? { files.holds(file, inCode: path) }
}
