extension Lambda {
    /// The folder of a version's code. It stays for as long as anything holds this: a definition, or an environment that
    /// runs in it.
    package final class CodeFolder: Sendable, Equatable {
        package let path: String
        private let released: (@Sendable () -> Void)?

        /// `released` is called when nothing holds the folder any more, on whatever thread lets go last.
        package init(_ path: String, released: (@Sendable () -> Void)? = nil) {
            self.path = path
            self.released = released
        }

        deinit { released?() }

        package static func == (left: CodeFolder, right: CodeFolder) -> Bool { left.path == right.path }
    }
}
