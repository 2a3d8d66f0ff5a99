/// Symbolic links of a package, resolved on paper: none may lead out of the package, not even through another link.
struct SymbolicLinks {
    /// Targets as written, by the path of the link.
    private(set) var targets: [[String]: String] = [:]

    /// As many as Linux follows in one path.
    private static let maximumFollowed = 40
    /// Components that are looked at for all links together. A package of thousands of links needs a hundredth of it.
    private static let maximumSteps = 1_000_000

    mutating func add(_ target: String, at path: [String]) { targets[path] = target }

    func check() throws(PackageError) {
        var steps = 0
        for path in targets.keys {
            guard try !staysInside(path, &steps) else { continue }
            let name = path.joined(separator: "/")
            throw .unreadable("The symbolic link '\(name)' leads out of the package or in a circle.")
        }
    }

    private func staysInside(_ path: [String], _ steps: inout Int) throws(PackageError) -> Bool {
        var rest = path[...]
        var place: [String] = []
        var followed = 0
        while let component = rest.popFirst() {
            steps += 1
            guard steps <= Self.maximumSteps else {
                throw .unreadable("Its symbolic links lead through more than \(Self.maximumSteps) folders.")
            }
            switch component {
            case ".", "": continue
            case "..":
                guard place.popLast() != nil else { return false }
            default:
                place.append(component)
                guard let target = targets[place] else { continue }
                followed += 1
                guard !target.hasPrefix("/"), followed <= Self.maximumFollowed else { return false }
                place.removeLast()
                rest = (target.split(separator: "/").map(String.init) + rest)[...]
            }
        }
        return true
    }
}
