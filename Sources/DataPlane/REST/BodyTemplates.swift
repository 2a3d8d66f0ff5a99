import HTTPFront
import JSON
import NIOCore

/// Mapping templates by media type, or by what an expression of a WebSocket API yields.
struct BodyTemplates: Sendable {
    private var templates: [(type: [UInt8], template: BodyTemplate?)] = []

    var isEmpty: Bool { templates.isEmpty }

    /// Media types are the same in any case; the keys of WebSocket APIs are not.
    init(_ written: OrderedMap<String?>?, names: MappingNames = .rest, isByMediaType: Bool = true) {
        for (type, text) in written ?? [:] {
            templates.append(
                (
                    Array((isByMediaType ? type.lowercased() : type).utf8),
                    text.flatMap { $0.isEmpty ? nil : BodyTemplate($0, names) }
                ))
        }
    }

    /// The template of a request's media type, else `$default`.
    func template(for type: [UInt8]) -> BodyTemplate? {
        // By position: to hand an entry around is to hold and let go all that it is made of.
        let found =
            templates.firstIndex { $0.type == type } ?? templates.firstIndex { $0.type == Self.defaultType }
        return found.flatMap { templates[$0].template }
    }

    /// The template of an answer: of the media type that is asked for, else JSON's, else the first.
    func template(accepting type: [UInt8]?) -> (type: [UInt8], template: BodyTemplate?)? {
        let found =
            templates.firstIndex { $0.type == type } ?? templates.firstIndex { $0.type == MediaType.json }
        return templates.isEmpty ? nil : templates[found ?? 0]
    }

    private static let defaultType = Array("$default".utf8)
}
