package import JSON

extension ChangeSet {
    /// A change of one resource.
    package struct Change: Codable, Sendable {
        package enum Replacement: String, Codable, Sendable {
            case yes = "True"
            case no = "False"
            case conditional = "Conditional"
        }

        package let logicalId: String
        package let physicalId: String?
        package let type: String
        /// `Add`, `Modify` or `Remove`.
        package let action: String
        /// Whether another resource takes its place; nil where nothing is modified.
        package var replacement: Replacement?
        /// What becomes of a resource that goes: `Delete`, `Retain`, `ReplaceAndDelete` or `ReplaceAndRetain`.
        package var policyAction: String?
        /// Of a modification.
        package var details: [Detail]?
        /// The properties, as they may be shown.
        package var before: JSONValue?
        package var after: JSONValue?
    }

    /// What of a resource changes, and what changes it.
    package struct Detail: Codable, Sendable, Hashable {
        package enum Source: String, Codable, Sendable {
            case automatic = "Automatic"
            case directModification = "DirectModification"
            case parameterReference = "ParameterReference"
            case resourceAttribute = "ResourceAttribute"
            case resourceReference = "ResourceReference"
        }

        /// To whom a detail is told: those who ask for the values hear what is known of these.
        package enum Audience: String, Codable, Sendable {
            case all
            case withValues
            case withoutValues
        }

        /// `Properties`, `Metadata` or `Tags`.
        package let attribute: String
        /// Of the property.
        package var name: String?
        /// Whether a change of it makes another resource.
        package var isRecreating = false
        package let source: Source
        /// A parameter, a resource, or `Resource.Attribute`.
        package var entity: String?
        /// Whether it changes for certain.
        package let isStatic: Bool
        package var audience = Audience.all
        package var before: JSONValue?
        package var after: JSONValue?
    }
}

extension ChangeSet.Change {
    package func details(withValues: Bool) -> [ChangeSet.Detail] {
        (details ?? []).filter { $0.audience == .all || $0.audience == (withValues ? .withValues : .withoutValues) }
    }

    /// Whether it is told: where values are asked for, what would have the same values is not.
    package func isTold(withValues: Bool) -> Bool {
        let details = details ?? []
        return details.isEmpty || details.contains { $0.audience != (withValues ? .withoutValues : .withValues) }
    }
}
