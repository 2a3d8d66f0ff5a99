import Synchronization

/// Documents beside a template that it takes in: `AWS::Include` and `DefinitionUri`.
struct IncludedFiles {
    private let source: TemplateSource

    init(_ source: TemplateSource) { self.source = source }

    struct Document {
        /// Every value has the line where the template names the file: problems are told of the template.
        let value: TemplateValue
        let hasTransforms: Bool
    }

    /// The document that `location` names, as a path from the template's folder or as a place in S3; nil when there is a
    /// problem.
    ///
    /// - Parameter what: the word for messages, such as `DefinitionUri`.
    func read(
        _ location: String, what: String, line: Int, path: String, _ problems: inout Problems
    ) -> Document? {
        let isObject = ObjectPlace.names(in: location) != nil
        guard isObject || !location.contains("://") else {
            problems.add(
                "\(what) must be a local path or s3://bucket/key; \(location) is neither", line: line, path: path)
            return nil
        }
        let absolute = isObject ? location : LocalFiles.absolute(location, in: source.folder)
        guard case .file(let bytes)? = source.files.kind(absolute) else {
            problems.add("\(what) \(location): there is no file \(absolute)", line: line, path: path)
            return nil
        }
        guard source.included.spend(bytes: bytes) else {
            problems.add(
                "\(what) \(location): included files may have \(TemplateLimits.includedBytes) bytes together",
                line: line, path: path)
            return nil
        }
        guard let contents = source.files.contents(absolute, upTo: bytes) else {
            problems.add("\(what) \(location): \(absolute) cannot be read", line: line, path: path)
            return nil
        }
        do throws(TemplateProblem) {
            guard let value = try TemplateSource.value(contents, file: location, &problems) else {
                problems.add("\(what) \(location): the file is empty", line: line, path: path)
                return nil
            }
            guard source.included.spend(values: value.valueCount) else {
                problems.add(
                    "\(what) \(location): included files may have \(TemplateLimits.values) values together",
                    line: line, path: path)
                return nil
            }
            var hasTransforms = false
            let placed = Self.place(value, at: line, &hasTransforms)
            return Document(value: placed, hasTransforms: hasTransforms)
        } catch {
            problems.add(error)
            return nil
        }
    }

    private static func place(_ value: TemplateValue, at line: Int, _ hasTransforms: inout Bool) -> TemplateValue {
        switch value.content {
        case .null, .bool, .number, .string: return TemplateValue(value.content, line: line)
        case .list(let list): return .list(list.map { place($0, at: line, &hasTransforms) }, line: line)
        case .map(let map):
            let entries = map.entries.map { entry in
                if entry.key == "Fn::Transform" { hasTransforms = true }
                let value = place(entry.value, at: line, &hasTransforms)
                return TemplateMap.Entry(key: entry.key, line: line, value: value)
            }
            return .map(TemplateMap(entries), line: line)
        }
    }
}

/// What one template may still include. Copies of the template's source share it.
final class IncludedBudget: Sendable {
    private let bytes = Atomic(TemplateLimits.includedBytes)
    private let values = Atomic(TemplateLimits.values)

    /// False when so much is not left.
    func spend(bytes count: Int) -> Bool { bytes.subtract(count, ordering: .relaxed).newValue >= 0 }
    func spend(values count: Int) -> Bool { values.subtract(count, ordering: .relaxed).newValue >= 0 }
}

extension TemplateValue {
    /// With all that is in it. The recursion is as deep as the readers allow.
    fileprivate var valueCount: Int {
        switch content {
        case .null, .bool, .number, .string: 1
        case .list(let items): items.reduce(1) { $0 + $1.valueCount }
        case .map(let map): map.entries.reduce(1) { $0 + $1.value.valueCount }
        }
    }
}
