import JSON

/// Members of requests that ask for what Gatehouse does not have.
///
/// They are refused when they ask for something; empty ones, which tools send to say "nothing of that", pass.
enum RefusedMembers {
    private static let sentences: KeyValuePairs = [
        "CapacityProviderConfig": "Gatehouse has no capacity providers; functions run on this machine.",
        "CodeSigningConfigArn": "Gatehouse does not check code signatures.",
        "DeadLetterConfig": "Gatehouse has no dead-letter queues.",
        "DurableConfig": "Gatehouse does not run durable functions.",
        "FileSystemConfigs": "Gatehouse does not mount file systems into functions.",
        "ImageConfig": "Gatehouse does not run container images; use the package type Zip.",
        "KMSKeyArn": "Gatehouse has no KMS keys to encrypt environment variables with.",
        "PublishTo": "Gatehouse does not publish to $LATEST.PUBLISHED; it is for capacity providers.",
        "SourceKMSKeyArn": "Gatehouse has no KMS keys to encrypt packages with.",
        "TenancyConfig": "Gatehouse does not isolate tenants.",
        "VpcConfig": "Gatehouse does not attach functions to a VPC.",
    ]

    static func check(_ object: JSONObject) throws(ServiceError) {
        for (name, sentence) in sentences {
            if let value = object[name], asksForSomething(value) { throw .notOffered("\(name): \(sentence)") }
        }
        if object["SnapStart"]?["ApplyOn"]?.string == "PublishedVersions" {
            throw .notOffered("SnapStart: Gatehouse does not take snapshots of functions.")
        }
        if object["PackageType"]?.string == "Image" {
            throw .notOffered("PackageType: Gatehouse does not run container images; use the package type Zip.")
        }
    }

    private static func asksForSomething(_ value: JSONValue) -> Bool {
        switch value {
        case .null, .bool(false): false
        case .string(let text): !text.isEmpty
        case .array(let values): !values.isEmpty
        case .object(let object): object.members.contains { asksForSomething($0.value) }
        case .bool, .number: true
        }
    }
}
