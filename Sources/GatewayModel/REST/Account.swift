package import JSON

extension REST {
    /// Source: botocore `Account` shape.
    package struct Account: Codable, Sendable, Equatable {
        package var apiKeyVersion: String
        package var cloudwatchRoleArn: String?
        package var features: [String]
        package var throttleSettings: ThrottleSettings

        package init() {
            apiKeyVersion = "4"
            features = ["UsagePlans"]
            throttleSettings = ThrottleSettings(burstLimit: 5_000, rateLimit: 10_000.0)
        }
    }

    /// Source: botocore `ClientCertificate` shape.
    package struct ClientCertificate: Codable, Sendable, Equatable {
        package var clientCertificateId: String
        package var createdDate: Int
        package var description: String?
        package var expirationDate: Int
        package var pemEncodedCertificate: String
        package var tags: OrderedMap<String>?

        package init(clientCertificateId: String, pemEncodedCertificate: String, createdDate: Int, expirationDate: Int)
        {
            self.clientCertificateId = clientCertificateId
            self.createdDate = createdDate
            self.expirationDate = expirationDate
            self.pemEncodedCertificate = pemEncodedCertificate
        }
    }

    /// A named way to upstreams. Source: botocore `VpcLink` shape.
    package struct VpcLink: Codable, Sendable, Equatable {
        package var description: String?
        package var id: String
        package var name: String
        /// `AVAILABLE`, `PENDING`, `DELETING` or `FAILED`.
        package var status: String
        package var statusMessage: String?
        package var tags: OrderedMap<String>?
        package var targetArns: [String]

        package init(id: String, name: String, targetArns: [String]) {
            self.id = id
            self.name = name
            status = "PENDING"
            self.targetArns = targetArns
        }
    }
}
