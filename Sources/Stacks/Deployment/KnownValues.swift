/// Works out what is known before anything exists: which branch of Fn::If counts, what Fn::FindInMap finds, what
/// AWS::Include brings in, and which values are `AWS::NoValue`.
struct KnownValues {
    /// With the parameters, conditions and mappings, and without resources.
    private let resolver: IntrinsicResolver
    private let includes: IncludedFiles
    private var values = 0
    private var isOverLimit = false

    init(_ resolver: IntrinsicResolver, source: TemplateSource) {
        self.resolver = resolver
        includes = IncludedFiles(source)
    }

    mutating func work(out map: TemplateMap, path: String, problems: inout Problems) -> TemplateMap {
        value(.map(map, line: map.entries.first?.line ?? 1), path: path, depth: 0, problems: &problems)?.map
            ?? TemplateMap()
    }

    /// Nil for `AWS::NoValue`.
    mutating func work(out value: TemplateValue, path: String, problems: inout Problems) -> TemplateValue? {
        self.value(value, path: path, depth: 0, problems: &problems)
    }

    private mutating func value(
        _ value: TemplateValue, path: String, depth: Int, problems: inout Problems
    ) -> TemplateValue? {
        guard isWithinLimits(value, path: path, depth: depth, problems: &problems) else { return nil }
        if let map = value.map {
            if Intrinsic.isCall(value) { return call(value, map, path: path, depth: depth, problems: &problems) }
            return .map(self.map(map, path: path, depth: depth, problems: &problems), line: value.line)
        }
        guard let list = value.list else { return value }
        var known: [TemplateValue] = []
        known.reserveCapacity(list.count)
        for (position, item) in list.enumerated() {
            let place = "\(path)[\(position)]"
            if let item = self.value(item, path: place, depth: depth + 1, problems: &problems) { known.append(item) }
        }
        return .list(known, line: value.line)
    }

    private mutating func map(
        _ map: TemplateMap, path: String, depth: Int, problems: inout Problems
    ) -> TemplateMap {
        var entries: [TemplateMap.Entry] = []
        entries.reserveCapacity(map.count)
        for entry in map {
            let place = "\(path).\(entry.key)"
            guard let value = self.value(entry.value, path: place, depth: depth + 1, problems: &problems) else {
                continue
            }
            entries.append(TemplateMap.Entry(key: entry.key, line: entry.line, value: value))
        }
        return TemplateMap(entries)
    }

    private mutating func call(
        _ value: TemplateValue, _ map: TemplateMap, path: String, depth: Int, problems: inout Problems
    ) -> TemplateValue? {
        if map["Fn::Transform"] != nil {
            return transformed(map, line: value.line, path: path, depth: depth, problems: &problems)
        }
        guard case .intrinsic(let intrinsic) = Intrinsic.read(value) else { return value }
        switch intrinsic {
        case .ref(PseudoParameters.noValue): return nil
        case .if(let name, let then, let otherwise):
            let chosen = resolver.conditions[name] ?? true ? then : otherwise
            return self.value(chosen, path: path, depth: depth + 1, problems: &problems)
        case .findInMap:
            do throws(IntrinsicResolver.Failure) {
                let found = try resolver.resolve(value)
                values += found?.list?.count ?? 0
                return found
            } catch {
                problems.add(error.message, line: error.line, path: path)
                return nil
            }
        default:
            guard !intrinsic.arguments.isEmpty else { return value }
            // Paths of problems name the property, not what stands within a function.
            var entries: [TemplateMap.Entry] = []
            for entry in map {
                let known = self.value(entry.value, path: path, depth: depth + 1, problems: &problems)
                entries.append(TemplateMap.Entry(key: entry.key, line: entry.line, value: known ?? entry.value))
            }
            return .map(TemplateMap(entries), line: value.line)
        }
    }

    /// The included document in the place of the function; where it is a map, what stands beside the function is added.
    private mutating func transformed(
        _ map: TemplateMap, line: Int, path: String, depth: Int, problems: inout Problems
    ) -> TemplateValue? {
        var beside = map
        beside["Fn::Transform"] = nil
        let call = TemplateMap(map.entries.filter { $0.key == "Fn::Transform" })
        guard case .intrinsic(.include(let location)) = Intrinsic.read(.map(call, line: line)),
            let text = try? resolver.resolve(location)?.text
        else {
            if case .intrinsic = Intrinsic.read(.map(call, line: line)) {
                problems.add("the Location of an AWS::Include must be known", line: line, path: path)
            }
            return .map(beside, line: line)
        }
        guard let file = includes.read(text, what: Template.include, line: line, path: path, &problems) else {
            return .map(beside, line: line)
        }
        guard !file.hasTransforms else {
            problems.add("\(text) uses Fn::Transform; an included file may not", line: line, path: path)
            return .map(beside, line: line)
        }
        guard !beside.isEmpty else {
            return self.value(file.value, path: path, depth: depth + 1, problems: &problems)
        }
        guard let included = file.value.map else {
            problems.add("\(text) is no map, and stands beside other keys", line: line, path: path)
            return .map(beside, line: line)
        }
        var whole = included
        for entry in beside { whole[entry.key] = entry.value }
        return .map(self.map(whole, path: path, depth: depth + 1, problems: &problems), line: line)
    }

    private mutating func isWithinLimits(
        _ value: TemplateValue, path: String, depth: Int, problems: inout Problems
    ) -> Bool {
        values += 1
        guard depth < TemplateLimits.depth else {
            problems.add("Nested more than \(TemplateLimits.depth) deep", line: value.line, path: path)
            return false
        }
        guard values <= TemplateLimits.values else {
            if !isOverLimit {
                isOverLimit = true
                problems.add("More than \(TemplateLimits.values) values", line: value.line, path: path)
            }
            return false
        }
        return true
    }
}
