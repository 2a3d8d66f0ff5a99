import BoundedRegex
import GatewayModel
import JSON

/// What all methods and routes of one function authorizer share, in one stage, whatever version of it they belong to. Its
/// identity is what a loop keeps the function's answers by.
final class FunctionGate: Sendable {
    /// What the function is sent, and what it has to answer.
    enum Form: Hashable, Sendable {
        case token, request
        /// Of HTTP APIs.
        case version1, version2
        /// Format 2.0 with `enableSimpleResponses`.
        case simple
        case webSocket

        /// Whether it is asked, and answers, as those of REST APIs.
        var isREST: Bool { self == .token || self == .request || self == .webSocket }
    }

    /// All that decides which answers may stand for others.
    struct Definition: Hashable, Sendable {
        let stage: StageKey
        /// Another deployment of a REST API begins with nothing kept.
        let deploymentId: String
        let authorizerId: String
        let form: Form
        /// With its stage variables filled in.
        let uri: String
        /// As the authorizer writes them, and what they are of the stage.
        let sources: [String]
        let stageValues: [String?]
        let seconds: Int
        let validation: String
    }

    let definition: Definition
    let places: [IdentityPlace]
    /// nil where every token may be asked about.
    let validation: Validation?
    private let end: @Sendable () -> Void

    enum Validation: Sendable {
        case pattern(Pattern)
        /// It is no pattern: nothing can be matched with it.
        case broken
    }

    /// - Parameter end: what is to be done when the gate goes.
    init(_ definition: Definition, _ places: [IdentityPlace], end: @escaping @Sendable () -> Void = {}) {
        self.definition = definition
        self.places = places
        self.end = end
        validation =
            definition.validation.isEmpty
            ? nil : (try? Pattern(definition.validation, dialect: .java)).map(Validation.pattern) ?? .broken
    }

    deinit { end() }

    var form: Form { definition.form }
    var id: String { definition.authorizerId }
    /// Whether answers are kept: one of a request without any identity would stand for everybody.
    var keeps: Bool { definition.seconds > 0 && !places.isEmpty }
    /// REQUEST authorizers of REST APIs that keep nothing are asked whoever comes.
    var needsIdentity: Bool { form != .request || keeps }

    /// For people.
    var name: String { "authorizer \(id)" }
}

/// The gates of all function authorizers. Asked while compiling.
final class FunctionGates: Sendable {
    private let gates = KeyedObjects<FunctionGate.Definition, FunctionGate>()

    func gate(_ definition: FunctionGate.Definition, _ places: [IdentityPlace]) -> FunctionGate {
        gates.object(definition) { [gates] number in
            FunctionGate(definition, places) { gates.forget(definition, number) }
        }
    }

    /// How many of them somebody holds.
    var count: Int { gates.count }
}
