import HTTPFront
import JSON
import NIOCore

/// Mapping templates by media type.
struct BodyTemplates: Sendable {
    private var templates: [(type: [UInt8], template: BodyTemplate?)] = []

    var isEmpty: Bool { templates.isEmpty }

    init(_ written: OrderedMap<String?>?) {
        for (type, text) in written ?? [:] {
            templates.append((Array(type.lowercased().utf8), text.flatMap { $0.isEmpty ? nil : BodyTemplate($0) }))
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
