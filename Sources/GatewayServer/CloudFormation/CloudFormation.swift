import Callers
import ControlPlane
import GatewayModel
import IAMPolicy
import ObjectStore
import Stacks

/// CloudFormation's API: the query protocol, on the engine that `gatehouse deploy` runs as well.
struct CloudFormation: Sendable {
    let stacks: StackService
    let controlPlane: ControlPlane
    let objects: ObjectStore
    /// Acts as a caller; nil is the account itself.
    let management: @Sendable (Caller?) -> any Management

    var account: AccountIdentity { controlPlane.account }

    typealias Operation = @Sendable (CloudFormation, StackCall) async throws(ServiceError) -> XMLMembers?

    /// By their `Action`.
    static let operations: [String: Operation] = stackOperations.merging(changeSetOperations) { $1 }
        .merging(templateOperations) { $1 }.merging(readingOperations) { $1 }

    private static let wire = CloudFormationWire.wire

    /// Answers a call that the engine makes for a stack within a stack, when what it asks for is done.
    func respond(toEngine request: WireRequest) async -> WireResponse {
        let response = await respond(
            to: request, parentId: request.header(CloudFormationWire.parentHeader), isEngine: true)
        if let name = request.header(CloudFormationWire.waitHeader) { await stacks.settled(name) }
        return response
    }

    /// Answers a form that is signed for CloudFormation.
    func respond(
        to request: WireRequest, parentId: String? = nil, isEngine: Bool = false
    ) async -> WireResponse {
        let requestId = Identifiers.uuid()
        let text = request.body.isEmpty ? request.query : String(validating: request.body, as: UTF8.self)
        guard let pairs = text.flatMap(PercentEncoding.query) else {
            // Source: API Reference, Common Errors.
            let error = ServiceError(
                "MalformedQueryString", status: 404, "The query string contains a syntax error.")
            return Self.wire.response(error, requestId: requestId)
        }
        let action = pairs.first { $0.name == "Action" }?.value ?? ""
        do throws(ServiceError) {
            guard !request.isAnonymous else {
                throw ServiceError(
                    "MissingAuthenticationToken", status: 403, "Request is missing Authentication Token")
            }
            guard let operation = Self.operations[action] else {
                throw Self.wire.refusal(
                    "Gatehouse does not serve '\(action)' of the service '\(CloudFormationWire.service)'.")
            }
            let call = StackCall(
                members: FormMembers(pairs), caller: request.caller,
                host: isEngine ? nil : request.header("host") ?? "",
                facts: controlPlane.facts(of: request), parentId: parentId)
            try call.checkTokens()
            try await authorize(action, call)
            let result = try await operation(self, call)
            let content = result.map { "<\(action)Result>\($0.text)</\(action)Result>" } ?? ""
            return WireProtocol.xml(
                200, requestId,
                "<\(action)Response xmlns=\"\(CloudFormationWire.namespace)\">\(content)"
                    + "<ResponseMetadata><RequestId>\(requestId)</RequestId></ResponseMetadata></\(action)Response>")
        } catch { return Self.wire.response(error, requestId: requestId) }
    }

    /// Source: Service Authorization Reference, AWS CloudFormation.
    private func authorize(_ action: String, _ call: StackCall) async throws(ServiceError) {
        guard let caller = call.caller, controlPlane.asksPolicies(of: caller) else { return }
        var resource = "*"
        if let name = call.members.string("StackName"), !name.isEmpty {
            resource =
                await stacks.stack(name)?.stackId
                ?? (name.hasPrefix("arn:") ? name : "\(StackName.arn(of: name, account))/*")
        }
        var needed: [Permission] = []
        if let id = call.members.string("ChangeSetName"), id.hasPrefix("arn:") {
            // Whatever stack is named beside it.
            let owner = await stacks.changeSet(id: id)?.stackId ?? "*"
            if resource == "*" {
                resource = owner
            } else {
                needed.append(Permission("cloudformation:\(action)", on: owner))
            }
        }
        needed.append(Permission("cloudformation:\(action)", on: resource))
        if let role = call.members.string("RoleARN") {
            needed.append(
                Permission(
                    "iam:PassRole", on: role, values: ["iam:passedtoservice": .values(["cloudformation.amazonaws.com"])]
                ))
        }
        if let denial = controlPlane.denial(of: caller, call.facts, { needed }) { throw Self.wire.accessDenied(denial) }
    }
}

/// One call of CloudFormation's API.
struct StackCall: Sendable {
    let members: FormMembers
    /// Nil is the account itself.
    let caller: Caller?
    /// By which the caller reaches us; nil where the engine calls.
    let host: String?
    let facts: RequestFacts
    /// The stack that makes another one; only the engine says so.
    var parentId: String?

    var isEngine: Bool { host == nil }

    func required(_ member: String) throws(ServiceError) -> String {
        let value = members.string(member)
        var constraints = Constraints()
        constraints.present(value, member.prefix(1).lowercased() + member.dropFirst())
        try constraints.checkForm()
        return value ?? ""
    }

    /// Source: botocore, ClientRequestToken and ClientToken.
    func checkTokens() throws(ServiceError) {
        var constraints = Constraints()
        let token = members.string("ClientRequestToken")
        constraints.pattern(token, "clientRequestToken", "[a-zA-Z0-9][-a-zA-Z0-9]*") { token in
            token.utf8.first != UInt8(ascii: "-")
                && token.utf8.allSatisfy {
                    $0 == UInt8(ascii: "-") || Character(Unicode.Scalar($0)).isASCIIAlphanumeric
                }
        }
        constraints.length(token, "clientRequestToken", 1...128)
        constraints.length(members.string("ClientToken"), "clientToken", 1...128)
        try constraints.checkForm()
    }

    /// Members that have to say something else than nothing, or than what they say by themselves.
    func refuse(_ names: [String]) throws(ServiceError) {
        for name in names {
            let isGiven = members.string(name).map { !$0.isEmpty } ?? false
            if isGiven || members.string("\(name).member.1") != nil {
                throw .validation("Gatehouse does not serve \(name).")
            }
        }
    }

    /// The name of a stack that is to be made. Source: API Reference, CreateStack.
    func newName() throws(ServiceError) -> String {
        let name = try required("StackName")
        guard StackName.isValid(name) else {
            var constraints = Constraints()
            constraints.pattern(name, "stackName", "[a-zA-Z][-a-zA-Z0-9]*|arn:[-a-zA-Z0-9:/._+]*") { _ in
                name.utf8.count > StackName.maximumLength
            }
            constraints.length(name, "stackName", 1...StackName.maximumLength)
            try constraints.checkForm()
            return name
        }
        return name
    }

    // MARK: Pages

    /// AWS's pages have at most 1 MB, or 100 events.
    private static let pageSize = 100

    /// A page of a list. The next one begins behind the element that this one ends with, whatever has come or gone.
    ///
    /// - Parameters:
    ///   - key: tells elements apart.
    ///   - isBehind: of a list in the order of its keys, whether an element comes behind a key; else the element that a
    ///     page ended with has to be there still.
    func page<Element>(
        _ all: [Element], by key: (Element) -> String, isBehind: ((Element, String) -> Bool)? = nil
    ) throws(ServiceError) -> (elements: ArraySlice<Element>, next: String?) {
        var rest = all[...]
        if let token = members.string("NextToken") {
            let invalid = ServiceError.validation("The NextToken is not valid.")
            guard let bytes = Base64.decode(token), let last = String(validating: bytes, as: UTF8.self), !last.isEmpty
            else { throw invalid }
            if let place = all.firstIndex(where: { key($0) == last }) {
                rest = all[(place + 1)...]
            } else if let isBehind {
                rest = rest.drop { !isBehind($0, last) }
            } else {
                throw invalid
            }
        }
        let page = rest.prefix(Self.pageSize)
        let next = page.count < rest.count ? page.last.map { Base64.encode(Array(key($0).utf8)) } : nil
        return (page, next)
    }
}
