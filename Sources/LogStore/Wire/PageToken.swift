import GatewayModel

/// What a client gets to ask for the next page with: the place where this one ends.
enum PageToken {
    static func of(_ place: String) -> String { Base64.encode(Array(place.utf8)) }

    static func place(_ token: String?) throws(LogError) -> String? {
        guard let token else { return nil }
        guard let bytes = Base64.decode(token), let place = String(validating: bytes, as: UTF8.self), !place.isEmpty
        else { throw .wrongToken }
        return place
    }
}
