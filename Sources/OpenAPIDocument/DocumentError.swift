/// Why a document cannot be imported, in words for its author.
package struct DocumentError: Error, Hashable, Sendable {
    package let message: String

    package init(_ message: String) { self.message = message }
}
