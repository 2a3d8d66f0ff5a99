/// What an unpacked layer holds.
package enum LayerContent {
    /// Whether there is a program that Lambda would start beside the runtime.
    package static func hasExtensions(_ folder: String) -> Bool {
        let extensions = folder + "/extensions"
        return Files.list(extensions).contains { Files.isFile("\(extensions)/\($0)") }
    }
}
