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
        let found = templates.first { $0.type == type } ?? templates.first { $0.type == Self.defaultType }
        return found?.template
    }

    /// The template of an answer: of the media type that is asked for, else JSON's, else the first.
    func template(accepting type: [UInt8]?) -> (type: [UInt8], template: BodyTemplate?)? {
        templates.first { $0.type == type } ?? templates.first { $0.type == MediaType.json } ?? templates.first
    }

    private static let defaultType = Array("$default".utf8)
}
