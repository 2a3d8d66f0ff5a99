import GatewayModel
import JSON

/// The id of something new: any, or the one that its maker has chosen. Gatehouse's own: tests and tools that need a
/// resource under a known name set it in the tag `_custom_id_`, as with LocalStack.
enum ChosenId {
    static let tag = "_custom_id_"

    static func fresh(
        _ call: Call, _ tags: OrderedMap<String>?, length: Int, isTaken: (String) -> Bool
    ) throws(ServiceError) -> String {
        if let id = call.chosenId, !isTaken(id) { return id }
        if let id = tags?[tag] {
            try check(id)
            guard !isTaken(id) else { throw RESTError.conflict("The id '\(id)' of the tag \(tag) is taken.") }
            return id
        }
        while true {
            let id = Identifiers.part(length)
            if !isTaken(id) { return id }
        }
    }

    /// An API's id is the first label of a host name.
    private static func check(_ id: String) throws(ServiceError) {
        guard id == id.lowercased() else {
            throw RESTError.badRequest("The RestApiId '\(id)' cannot contain uppercase characters")
        }
        guard id.utf8.count <= 63, id.isWord(), !id.contains("_"), !id.hasPrefix("-"), !id.hasSuffix("-") else {
            throw RESTError.badRequest("The id '\(id)' of the tag \(tag) cannot be the first label of a host name.")
        }
    }
}
