import Callers
import GatewayModel

/// A service of the query protocol: forms with an `Action`, answers in XML.
struct FormService: Sendable {
    /// As its clients sign.
    let name: String
    let namespace: String
    /// By their `Action`.
    let operations: [String: FormOperation]
    /// Those that the service has in AWS and that are refused here.
    let refused: Set<String>

    static let all = [SecurityTokenService.service, IAM.service]

    /// Of the services of forms, what credentials of GetSessionToken may ask for.
    private static let openToPlainSessions: Set = ["AssumeRole", "GetCallerIdentity", "GetSessionToken"]

    /// What needs no signature: a token stands for it. Source: botocore's model (authtype none).
    static let openToAnybody: Set = ["AssumeRoleWithWebIdentity", "AssumeRoleWithSAML"]

    static func named(_ name: String) -> FormService? { all.first { $0.name == name } }

    /// The service of a form that says nothing but its action.
    static func having(action: String) -> FormService? {
        all.first { $0.operations[action] != nil || $0.refused.contains(action) }
    }

    var wire: WireProtocol { .query(namespace: namespace) }

    func respond(
        _ control: ControlPlane, to action: String, _ call: FormCall
    ) async -> WireResponse {
        do throws(ServiceError) {
            guard let operation = operations[action] else {
                throw wire.refusal("Gatehouse does not serve '\(action)' of the service '\(name)'.")
            }
            // Source: IAM User Guide, id_credentials_temp_control-access_getsessiontoken.
            if call.caller?.isPlainSession == true, !Self.openToPlainSessions.contains(action) {
                throw ServiceError(
                    "InvalidClientTokenId", status: 403, "The security token included in the request is invalid")
            }
            let denial = control.denial(
                of: call.caller, call.facts, { permissions(action, call, control.world) })
            if let denial { throw wire.accessDenied(denial) }
            let result = try await operation(control, call)
            let content =
                result.map { "<\(action)Result>\($0.text)</\(action)Result>" } ?? ""
            return WireProtocol.xml(
                200, call.requestId,
                "<\(action)Response xmlns=\"\(namespace)\">\(content)"
                    + "<ResponseMetadata><RequestId>\(call.requestId)</RequestId></ResponseMetadata>"
                    + "</\(action)Response>")
        } catch {
            return wire.response(error, requestId: call.requestId)
        }
    }
}

/// Answers the members of its result; nil where the operation has none.
typealias FormOperation = @Sendable (ControlPlane, FormCall) async throws(ServiceError) -> XMLMembers?

/// One call of an operation of a `FormService`.
struct FormCall: Sendable {
    let members: FormMembers
    let requestId: String
    /// Whose resources these are.
    let account: AccountIdentity
    /// The moment that resources are stamped with.
    let now: Timestamp
    /// Nil is the account itself, unnamed.
    let caller: Caller?
    let facts: RequestFacts
}

/// The parameters of a form. A list's elements are `Name.member.1` and so on, their members follow behind a dot.
package struct FormMembers: Sendable {
    private let values: [String: String]
    /// What the names of an element's members begin with.
    private let prefix: String

    package init(_ pairs: [(name: String, value: String)]) {
        values = Dictionary(pairs.map { ($0.name, $0.value) }) { first, _ in first }
        prefix = ""
    }

    private init(_ values: [String: String], prefix: String) {
        self.values = values
        self.prefix = prefix
    }

    package func string(_ name: String) -> String? { values[prefix + name] }

    package func integer(_ name: String) throws(ServiceError) -> Int? {
        guard let text = string(name) else { return nil }
        guard let number = Int(text) else {
            throw ServiceError("MalformedInput", status: 400, "The value '\(text)' of \(name) is no number.")
        }
        return number
    }

    package func bool(_ name: String) throws(ServiceError) -> Bool? {
        switch string(name) {
        case nil: nil
        case "true", "True": true
        case "false", "False": false
        case let text?:
            throw ServiceError("MalformedInput", status: 400, "The value '\(text)' of \(name) is no boolean.")
        }
    }

    /// nil when the list is not there at all; an empty one is sent as `Name=`.
    package func strings(_ name: String) -> [String]? {
        var found: [String] = []
        while let value = string("\(name).member.\(found.count + 1)") { found.append(value) }
        return found.isEmpty && string(name) == nil ? nil : found
    }

    /// Elements that have at least one of `members`.
    package func elements(_ name: String, with members: [String]) -> [FormMembers] {
        var found: [FormMembers] = []
        while true {
            let element = FormMembers(values, prefix: "\(prefix)\(name).member.\(found.count + 1).")
            guard members.contains(where: { element.string($0) != nil }) else { return found }
            found.append(element)
        }
    }
}

/// Members of a result, written as XML.
package struct XMLMembers: Sendable {
    package private(set) var text = ""

    package init() {}

    package init(_ make: (inout XMLMembers) -> Void) { make(&self) }

    /// nil is left out.
    package mutating func add(_ name: String, _ value: String?) {
        guard let value else { return }
        text += "<\(name)>\(XML.escaped(value))</\(name)>"
    }

    package mutating func add(_ name: String, _ value: Int?) { add(name, value.map(String.init)) }
    package mutating func add(_ name: String, _ value: Bool?) { add(name, value.map { $0 ? "true" : "false" }) }

    package mutating func structure(_ name: String, _ make: (inout XMLMembers) -> Void) {
        text += "<\(name)>"
        make(&self)
        text += "</\(name)>"
    }

    package mutating func list<Element>(
        _ name: String, _ elements: some Sequence<Element>, _ make: (inout XMLMembers, Element) -> Void
    ) {
        structure(name) { list in
            for element in elements { list.structure("member") { make(&$0, element) } }
        }
    }

    package mutating func list(_ name: String, _ texts: some Sequence<String>) {
        structure(name) { list in for text in texts { list.add("member", text) } }
    }
}
