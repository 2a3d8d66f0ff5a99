import Callers
import GatewayModel
import HashTreeCollections
import IAMPolicy

extension FormService {
    /// Operations that decide by themselves, or that everybody may call. Source: IAM User Guide.
    private static let open: Set = [
        "AssumeRole", "AssumeRoleWithWebIdentity", "GetCallerIdentity", "GetSessionToken",
    ]

    /// What an action does.
    func permissions(_ action: String, _ call: FormCall, _ world: World) -> [Permission] {
        guard !Self.open.contains(action) else { return [] }
        guard name == IAM.service.name else { return [Permission("\(name):\(action)", on: "*")] }
        return IAMTarget(action, call, world).permissions
    }
}

/// What actions of IAM are about, by the names that a call gives.
private struct IAMTarget {
    let action: String
    let call: FormCall
    let world: World

    init(_ action: String, _ call: FormCall, _ world: World) {
        self.action = action
        self.call = call
        self.world = world
    }

    var permissions: [Permission] {
        let values = ["iam:policyarn": policy, "iam:permissionsboundary": boundary]
        let resource = resource
        var needed = [Permission("iam:\(action)", on: resource, values: values)]
        // Whoever is moved has to be allowed at both places. Source: IAM User Guide, UpdateUser.
        if let newName = Self.moves[action], member("NewPath") != nil || member(newName) != nil,
            let slash = resource.lastIndex(of: "/"), let start = resource.firstIndex(of: "/")
        {
            let path = member("NewPath") ?? String(resource[start...slash])
            let name = member(newName) ?? String(resource[resource.index(after: slash)...])
            needed.append(Permission("iam:\(action)", on: resource[..<start] + path + name, values: values))
        }
        if let tagging = Self.taggings[action], !call.members.elements("Tags", with: ["Key", "Value"]).isEmpty {
            needed.append(Permission("iam:\(tagging)", on: resource, values: values))
        }
        if action == "AddRoleToInstanceProfile", member("RoleName") != nil {
            needed.append(.passRole(named(IAM.Role.self, "role", "RoleName"), to: "ec2.amazonaws.com"))
        }
        return needed
    }

    /// What it takes beside to make something with tags. Source: IAM User Guide, id_tags.
    private static let taggings = [
        "CreateUser": "TagUser", "CreateRole": "TagRole", "CreatePolicy": "TagPolicy",
        "CreateInstanceProfile": "TagInstanceProfile", "CreateOpenIDConnectProvider": "TagOpenIDConnectProvider",
    ]
    private static let moves = ["UpdateUser": "NewUserName", "UpdateGroup": "NewGroupName"]

    /// What is attached or detached. Other actions have no such key, whatever the form says.
    private var policy: ConditionValues {
        Self.attachments.contains(action) ? .of(member("PolicyArn")) : .absent
    }

    private static let attachments: Set = [
        "AttachGroupPolicy", "AttachRolePolicy", "AttachUserPolicy",
        "DetachGroupPolicy", "DetachRolePolicy", "DetachUserPolicy",
    ]

    /// The boundary that a call sets, or the one that whoever it is about has: never one that a form names beside.
    /// Source: Service Authorization Reference, iam:PermissionsBoundary.
    private var boundary: ConditionValues {
        switch action {
        case "CreateRole", "CreateUser", "PutRolePermissionsBoundary", "PutUserPermissionsBoundary":
            .of(member("PermissionsBoundary"))
        case "AttachRolePolicy", "DetachRolePolicy", "PutRolePolicy", "DeleteRolePolicy",
            "DeleteRolePermissionsBoundary":
            .of(present(IAM.Role.self, "RoleName")?.boundary)
        case "AttachUserPolicy", "DetachUserPolicy", "PutUserPolicy", "DeleteUserPolicy",
            "DeleteUserPermissionsBoundary":
            .of(present(IAM.User.self, "UserName")?.boundary)
        default: .absent
        }
    }

    /// The one that the action's name says it is about, and nobody else whom the call may name beside: of a group and a user
    /// the group.
    private var resource: String {
        if let kind = Self.lists[action] { return account + kind + (member("PathPrefix") ?? "/") }
        func isAbout(_ noun: String) -> Bool { action.contains(noun) }
        if action.hasPrefix("Simulate") || action.hasPrefix("GetContextKeys") {
            return isAbout("Principal") ? member("PolicySourceArn") ?? "*" : "*"
        }
        if isAbout("InstanceProfile"), !action.hasSuffix("ForRole") {
            return named(IAM.InstanceProfile.self, "instance-profile", "InstanceProfileName")
        }
        if isAbout("OpenIDConnectProvider"), !isAbout("OpenIDConnectProviders") {
            if action.hasPrefix("Create") {
                return account + "oidc-provider/" + (member("Url") ?? "").replacing("https://", with: "")
            }
            return member("OpenIDConnectProviderArn") ?? "*"
        }
        if isAbout("Group"), !action.hasSuffix("ForUser") { return named(IAM.Group.self, "group", "GroupName") }
        if isAbout("Role") { return named(IAM.Role.self, "role", "RoleName") }
        if action == "GetAccessKeyLastUsed" {
            let user = member("AccessKeyId").flatMap { world.usersOfKeys[$0] }.flatMap { world[IAM.User.self, $0] }
            return user?.arn(call.account) ?? "*"
        }
        if action != "ListVirtualMFADevices", Self.ofUsers.contains(where: isAbout) {
            // Without a name it is about the user who calls.
            if member("UserName") == nil, case .user = call.caller?.kind { return call.callerARN }
            return named(IAM.User.self, "user", "UserName")
        }
        if action == "CreatePolicy" { return member("PolicyName").map { made("policy", $0) } ?? "*" }
        return isAbout("Policy") && !isAbout("PasswordPolicy") ? member("PolicyArn") ?? "*" : "*"
    }

    private static let lists = [
        "ListUsers": "user", "ListRoles": "role", "ListGroups": "group", "ListInstanceProfiles": "instance-profile",
    ]
    private static let ofUsers = [
        "User", "AccessKey", "LoginProfile", "MFADevice", "SSHPublicKey", "SigningCertificate",
        "ServiceSpecificCredential", "ChangePassword",
    ]

    private var account: String { "arn:\(call.account.partition):iam::\(call.account.accountId):" }

    /// A member that is there and says something.
    private func member(_ name: String) -> String? {
        guard let text = call.members.string(name), !text.isEmpty else { return nil }
        return text
    }

    private func named<Document: IAMDocument>(_ type: Document.Type, _ kind: String, _ parameter: String) -> String {
        guard let name = member(parameter) else { return "*" }
        return present(type, parameter)?.arn(call.account) ?? made(kind, name)
    }

    /// Names are told apart without case: a policy's words are compared with the name that there is.
    private func present<Document: IAMDocument>(_ type: Document.Type, _ parameter: String) -> Document? {
        member(parameter).flatMap { world[Document.self, Document.id(ofName: $0)] }
    }

    /// Of what is to be made, or is not there.
    private func made(_ kind: String, _ name: String) -> String {
        account + kind + (action.hasPrefix("Create") ? member("Path") ?? "/" : "/") + name
    }
}

extension ConditionValues {
    static func of(_ value: String?) -> ConditionValues { value.map { .values([$0]) } ?? .absent }
}
