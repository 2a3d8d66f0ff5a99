import GatewayModel
import IAMPolicy
import JSON

/// Whoever has policies: a role, a user, a group.
protocol PolicyHolder: IAMDocument {
    /// As operations name it: `Role`.
    static var kind: String { get }
    static var nameLength: Int { get }
    /// Characters of all inline policies together.
    static var inlineSize: Int { get }
    var inline: OrderedMap<String> { get set }
    var attached: [String] { get set }
}

extension IAM.Role: PolicyHolder {
    static let kind = "Role"
    static let nameLength = 64
    static let inlineSize = IAMQuotas.rolePolicySize
}

extension IAM {
    /// Policies that are the holder's own, and managed ones that are attached to it.
    static func policies<Holder: PolicyHolder>(of type: Holder.Type) -> [String: FormOperation] {
        let kind = Holder.kind
        return [
            "Put\(kind)Policy": { control, call throws(ServiceError) in
                let name = try call.name("PolicyName", upTo: 128)
                let document = try call.document("PolicyDocument", .identity)
                try await control.changeNamed(Holder.self, try call.holder(type)) { holder, _ throws(ServiceError) in
                    holder.inline[name] = document
                    guard holder.inline.reduce(0, { $0 + $1.value.policySize }) <= Holder.inlineSize else {
                        throw IAMError.limitExceeded(
                            "Maximum policy size of \(Holder.inlineSize) bytes exceeded for \(Holder.noun) "
                                + holder.name)
                    }
                }
                return nil
            },
            "Get\(kind)Policy": { control, call throws(ServiceError) in
                let holder = try control.world.named(Holder.self, try call.holder(type))
                let name = try call.name("PolicyName", upTo: 128)
                guard let document = holder.inline[name] else { throw missing(name, type) }
                return XMLMembers { result in
                    result.add("\(kind)Name", holder.name)
                    result.add("PolicyName", name)
                    result.add("PolicyDocument", document: document)
                }
            },
            "Delete\(kind)Policy": { control, call throws(ServiceError) in
                let name = try call.name("PolicyName", upTo: 128)
                try await control.changeNamed(Holder.self, try call.holder(type)) { holder, _ throws(ServiceError) in
                    guard holder.inline[name] != nil else { throw missing(name, type) }
                    holder.inline[name] = nil
                }
                return nil
            },
            "List\(kind)Policies": { control, call throws(ServiceError) in
                let names = try control.world.named(Holder.self, try call.holder(type)).inline.keys.sorted()
                let (page, marker) = try call.page(names, by: \.self)
                return XMLMembers { result in
                    result.list("PolicyNames", page)
                    result.add("IsTruncated", marker != nil)
                    result.add("Marker", marker)
                }
            },
            "Attach\(kind)Policy": { control, call throws(ServiceError) in
                let arn = try call.policyARN()
                try await control.changeNamed(
                    Holder.self, try call.holder(type)
                ) { holder, change throws(ServiceError) in
                    try call.checkAttachable(arn, in: &change, control)
                    guard !holder.attached.contains(arn) else { return }
                    guard holder.attached.count < IAMQuotas.attachedPolicies else {
                        throw IAMError.limitExceeded(
                            "Cannot exceed quota for PoliciesPer\(kind): \(IAMQuotas.attachedPolicies)")
                    }
                    holder.attached.append(arn)
                }
                return nil
            },
            "Detach\(kind)Policy": { control, call throws(ServiceError) in
                let arn = try call.policyARN()
                try await control.changeNamed(Holder.self, try call.holder(type)) { holder, _ throws(ServiceError) in
                    guard holder.attached.contains(arn) else {
                        throw IAMError.noSuchEntity("Policy \(arn) was not found.")
                    }
                    holder.attached.removeAll { $0 == arn }
                }
                return nil
            },
            "ListAttached\(kind)Policies": { control, call throws(ServiceError) in
                let holder = try control.world.named(Holder.self, try call.holder(type))
                let prefix = call.members.string("PathPrefix") ?? "/"
                let arns = holder.attached.filter { PolicyName($0)?.path.hasPrefix(prefix) ?? false }.sorted()
                return try call.list("AttachedPolicies", arns, by: \.self) { $0.add(attached: $1) }
            },
        ]
    }

    private static func missing<Holder: PolicyHolder>(_ name: String, _ type: Holder.Type) -> ServiceError {
        IAMError.noSuchEntity("The \(Holder.noun) policy with name \(name) cannot be found.")
    }
}

extension FormCall {
    fileprivate func holder<Holder: PolicyHolder>(_ type: Holder.Type) throws(ServiceError) -> String {
        try name("\(Holder.kind)Name", upTo: Holder.nameLength)
    }
}

extension XMLMembers {
    mutating func add(attached arn: String) {
        add("PolicyName", PolicyName(arn)?.name)
        add("PolicyArn", arn)
    }
}
