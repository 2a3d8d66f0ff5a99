/// Where functions answer what stacks ask of them: a URL for each question, at which one answer is taken.
package protocol CustomResponses: Sendable {
    /// A place for one answer; nil where none can come yet.
    ///
    /// - Parameter isEncrypted: whether the URL is one of HTTPS, as some functions take for granted.
    func open(isEncrypted: Bool) -> CustomResponsePlace?

    /// No answer will be waited for.
    func close(_ place: CustomResponsePlace)

    /// Waits for the answer; nil when none came in that time. The place is gone then.
    func answer(at place: CustomResponsePlace, within seconds: Int) async -> CustomResponseBody?
}

package struct CustomResponsePlace: Sendable {
    /// Nobody guesses it.
    package let id: String
    package let url: String

    package init(id: String, url: String) {
        self.id = id
        self.url = url
    }
}

package enum CustomResponseLimits {
    /// Of an answer. Source: CloudFormation User Guide, crpg-ref-responses.
    package static let bytes = 4_096
}

package enum CustomResponseBody: Sendable, Equatable {
    case bytes([UInt8])
    /// More than an answer may have.
    case tooLong
}
