package import JSON

/// A stack as it was deployed last: what is compared with when it is deployed again.
package struct StackRecord: Codable, Sendable {
    package let name: String
    package let stackId: String
    package var status: StackStatus
    package var statusReason: String?
    package let creationTime: String
    package var lastUpdatedTime: String?
    /// What the caller may keep of the template, to deploy it again or to show it.
    package var template = ""
    package var parameters: [String: String] = [:]
    /// Of parameters that name others in the parameter store, what these gave.
    package var resolvedParameters: [String: String]?
    /// In the order of creation.
    package var resources: [StackResource] = []
    package var outputs: [StackOutput] = []
    /// Names of exports of other stacks that this one uses.
    package var imports: [String] = []
    /// Resources that the stack has no more and that are still to be deleted, in this order.
    package var leavings: [StackResource] = []

    /// What of the template was left out, as `Queue (AWS::SQS::Queue)`.
    package var leftOut: [String]?
    /// What was asked for with the template; nil of a stack that `gatehouse deploy` has made.
    package var settings: StackSettings?
    /// What the template became: its macros expanded, in JSON.
    package var processed: String?
    package var deletionTime: String?
    /// Of what a failed creation has left, and of updates of it until one succeeds: nothing of it was ever whole, so that
    /// nothing is left when it is taken back.
    package var neverStood: Bool?
    /// What has been accepted and is not over: a server that ends meanwhile does it again.
    package var pending: StackOperation?

    package init(name: String, stackId: String, status: StackStatus, creationTime: String) {
        self.name = name
        self.stackId = stackId
        self.status = status
        self.creationTime = creationTime
    }

    /// Whether functions have to be asked for its resources to be changed.
    package var asksFunctions: Bool { (resources + leavings).contains { ResourceType.asksFunction($0.type) } }

    package func resource(_ logicalId: String) -> StackResource? { resources.first { $0.logicalId == logicalId } }
}

/// A resource of a stack as it was made or updated last.
package struct StackResource: Codable, Sendable {
    package let logicalId: String
    /// Such as `AWS::Lambda::Function`.
    package let type: String
    package var physicalId: String
    /// What Fn::GetAtt gives.
    package var attributes: [String: String]
    /// Names of attributes that are not echoed, since the resource says so; nil where there are none.
    package var noEcho: Set<String>?
    /// Names of attributes that must not be shown; nil where an earlier release has made it.
    package var hiddenAttributes: [String]?
    /// With all functions worked out.
    package var properties: JSONValue
    /// The properties as they may be shown, where there is a difference.
    package var shown: JSONValue?
    /// nil where an earlier release has made it, and did not note it.
    package var metadata: JSONValue?
    /// The tags of the stack that it was made or updated with last; nil where its type has none, or an earlier release
    /// has made it, and gave it none.
    package var stackTags: [StackSettings.Tag]?
    /// Of the code beside the template that the properties name.
    package var codeDigest: String?
    package var deletionPolicy: DeletionPolicy
    package var updateReplacePolicy: DeletionPolicy
}

package struct StackOutput: Codable, Sendable, Hashable {
    package let name: String
    package let value: String
    package let description: String?
    package let exportName: String?
    /// The value as it may be shown, where there is a difference.
    package var shown: String?
}

extension StackOutput {
    package var shownValue: String { shown ?? value }
}
