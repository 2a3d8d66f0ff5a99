/// What lies in a folder of code and is named by nothing: left by an end in the middle of something, or the only copy of
/// code whose names were lost with the store.
///
/// So it goes by age, not on the word of one start: it is marked when it is first seen unnamed (`.unnamed-NAME`, an
/// empty file), and removed when a later look finds the mark old. A store that names nothing at all says nothing.
package struct Unnamed {
    /// Long enough to notice that a state is missing, and to put a backup in its place.
    package static let seconds: Int64 = 30 * 86_400

    private static let prefix = ".unnamed-"
    private static let nanoseconds: Int64 = 1_000_000_000

    let folder: String
    /// Seconds since 1970.
    let now: Int64

    package init(in folder: String, now: Int64? = nil) {
        self.folder = folder
        self.now = now ?? Files.now / Self.nanoseconds
    }

    /// Looks at `names` in the folder.
    package func sweep(_ names: [String], isNamed: (String) -> Bool) {
        for name in names {
            let mark = "\(folder)/\(Self.prefix)\(name)"
            if isNamed(name) {
                if Files.isFile(mark) { Files.remove(mark) }
            } else if let since = Files.identity(mark)?.modified {
                guard now - since / Self.nanoseconds > Self.seconds else { continue }
                Files.remove("\(folder)/\(name)")
                Files.remove(mark)
            } else {
                try? Files.create(mark, mode: 0o644, isDurable: false) { _ in }
            }
        }
    }
}
