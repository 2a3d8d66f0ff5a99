/// The folders and files that an archive's names make together, before anything is unpacked: no name may be a file and a
/// folder at once, and what names may cost is bounded.
struct ZipTree {
    /// Source: NAME_MAX of Linux, which every file system here has too.
    static let maximumNameBytes = 255
    /// Of a path in the package; with the package's own folder before it, it stays below Linux's 4,095 bytes.
    static let maximumPathBytes = 2_048
    /// Folders in one another, as for code in folders of this machine.
    static let maximumDepth = LocalCode.maximumDepth
    /// Files and folders together; names make folders that no entry counts.
    static let maximumNodes = 200_000

    private struct Node {
        var children: [String: Int] = [:]
        let isFolder: Bool
    }

    private var nodes = [Node(isFolder: true)]
    /// Where the entry before was: neighbours in an archive have most of their path in common.
    private var lastPath: [String] = []
    private var lastPlaces: [Int] = []
    /// Paths of all folders, each after the one that it is in.
    private(set) var folders: [[String]] = []

    /// Takes an entry's path; a repeated name is the same file again.
    mutating func add(_ path: [String], isFolder: Bool) throws(PackageError) {
        try Self.checkLengths(path)
        var common = 0
        while common < min(path.count - 1, lastPlaces.count), path[common] == lastPath[common] { common += 1 }
        var places = Array(lastPlaces[..<common])
        var place = places.last ?? 0
        for index in common..<path.count {
            guard nodes[place].isFolder else { throw Self.isBoth(path[..<index]) }
            let isFolderHere = isFolder || index < path.count - 1
            if let known = nodes[place].children[path[index]] {
                guard nodes[known].isFolder == isFolderHere else { throw Self.isBoth(path[...index]) }
                place = known
            } else {
                guard nodes.count <= Self.maximumNodes else {
                    throw .unreadable("It holds more than \(Self.maximumNodes) files and folders.")
                }
                nodes[place].children[path[index]] = nodes.count
                place = nodes.count
                nodes.append(Node(isFolder: isFolderHere))
                if isFolderHere { folders.append(Array(path[...index])) }
            }
            places.append(place)
        }
        lastPath = path
        lastPlaces = places
    }

    private static func checkLengths(_ path: [String]) throws(PackageError) {
        guard path.count <= maximumDepth else {
            throw .unreadable("It nests more than \(maximumDepth) folders.")
        }
        var bytes = 0
        for name in path {
            guard name.utf8.count <= maximumNameBytes else {
                throw .unreadable("A name in it is longer than \(maximumNameBytes) bytes.")
            }
            bytes += name.utf8.count + 1
        }
        guard bytes <= maximumPathBytes else {
            throw .unreadable("A path in it is longer than \(maximumPathBytes) bytes.")
        }
    }

    private static func isBoth(_ path: ArraySlice<String>) -> PackageError {
        .unreadable("'\(path.joined(separator: "/"))' is a file and a folder.")
    }
}
