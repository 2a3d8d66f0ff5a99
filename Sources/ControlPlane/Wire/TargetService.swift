import Callers
import GatewayModel
import IAMPolicy
import JSON
import Shapes

/// A service that finds its operations by X-Amz-Target, with members in JSON 1.1.
struct TargetService: Sendable {
    /// As its clients sign.
    let name: String
    /// What X-Amz-Target begins with; the operation follows.
    let target: String
    let operations: [String: TargetOperation]
    /// Why those are not served that the service has in AWS, by their names.
    var refused: [String: String] = [:]
    let messageMember: String
    /// What an operation does, as policies name it.
    let permissions: @Sendable (String, TargetCall, World) -> [Permission]
    /// Of the resource that a permission speaks of; nil where it has none.
    let resourcePolicy: @Sendable (Permission, World) -> PolicyDocument?

    static let all = [ParameterStore.service, SecretsManager.service, CloudControl.service]
    static let wire = WireProtocol.json(version: "1.1")

    static func named(_ name: String) -> TargetService? { all.first { $0.name == name } }

    func respond(
        _ control: ControlPlane, to request: WireRequest, _ name: String, requestId: String
    ) async -> WireResponse {
        do throws(ServiceError) {
            guard let operation = operations[name] else {
                let reason = refused[name].map { ": it has no \($0)" } ?? ""
                throw Self.wire.refusal("Gatehouse does not serve '\(name)' of the service '\(self.name)'\(reason).")
            }
            var input: Input
            do throws(ShapeFault) { input = try Input(parsing: request.body) } catch { throw fault(error) }
            input.systemTags = request.systemTags
            let call = TargetCall(
                input: input, account: control.account, now: control.settings.now(), caller: request.caller)
            let world = control.world
            let denial = control.denial(
                of: request, { permissions(name, call, world) }, resourcePolicy: { resourcePolicy($0, world) })
            if let denial { throw Self.wire.accessDenied(denial) }
            do throws(ShapeFault) { try Shape.check(operation.members, call.input.members) } catch {
                throw fault(error)
            }
            let answer = try await operation.perform(control, call)
            return WireResponse(
                status: 200,
                headers: [("content-type", "application/x-amz-json-1.1"), ("x-amzn-requestid", requestId)],
                body: JSONValue.object(answer).bytes)
        } catch {
            return Self.wire.response(error, requestId: requestId)
        }
    }

    private func fault(_ fault: ShapeFault) -> ServiceError {
        switch fault {
        case .invalid(let message), .unserved(let message):
            ServiceError("ValidationException", status: 400, message, messageMember: messageMember)
        case .serialization(let message): .serialization(message)
        }
    }
}

/// One operation of a `TargetService`: what its members may be, and what it does.
struct TargetOperation: Sendable {
    typealias Perform = @Sendable (ControlPlane, TargetCall) async throws(ServiceError) -> JSONObject

    let members: [Shape.Member]
    let perform: Perform

    init(_ members: [Shape.Member], _ perform: @escaping Perform) {
        self.members = members
        self.perform = perform
    }
}

/// One call of an operation of a `TargetService`.
struct TargetCall: Sendable {
    let input: Input
    /// Whose resources these are.
    let account: AccountIdentity
    /// The moment that resources are stamped with.
    let now: Timestamp
    /// Nil is the account itself, unnamed.
    let caller: Caller?

    var callerARN: String { caller?.arn ?? "arn:\(account.partition):iam::\(account.accountId):root" }

    /// The tags of a list of keys with values; of a key that stands twice the last one counts.
    var tags: OrderedMap<String> {
        OrderedMap(
            (input["Tags"]?.array ?? []).compactMap { tag in
                tag["Key"]?.string.map { ($0, tag["Value"]?.string ?? "") }
            })
    }
}

extension OrderedMap<String> {
    /// As JSON services write tags.
    var tagList: JSONValue { .array(entries.map { ["Key": .string($0.key), "Value": .string($0.value)] }) }
}

/// One page of a list in an order that stays. The next one begins behind the key that this one ends with, whatever has
/// come or gone meanwhile.
struct TargetPage<Element> {
    let elements: [Element]
    let next: JSONValue?

    /// - Parameter most: elements of a page, unless MaxResults says how many.
    /// - Parameter isBehind: whether an element comes later than the key.
    init(
        _ all: [Element], _ input: Input, most: Int, invalidToken: ServiceError, key: (Element) -> String,
        isBehind: (Element, String) -> Bool
    ) throws(ServiceError) {
        var rest = all[...]
        if let token = input.text("NextToken") {
            guard let bytes = Base64.decode(token), let last = String(validating: bytes, as: UTF8.self),
                !last.isEmpty
            else { throw invalidToken }
            rest = rest.drop { !isBehind($0, last) }
        }
        elements = Array(rest.prefix(input.integer("MaxResults") ?? most))
        next = elements.count < rest.count ? elements.last.map { .string(Base64.encode(Array(key($0).utf8))) } : nil
    }
}

extension ServiceFront {
    static func targeted(_ service: TargetService, _ operation: String) -> Found {
        Found(.targeted(service: service.name, operation: operation), TargetService.wire)
    }
}
