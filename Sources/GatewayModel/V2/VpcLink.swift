package import JSON

extension V2 {
    /// A way to private resources. Source: botocore `VpcLink` shape.
    package struct VpcLink: Codable, Sendable, Equatable {
        package var createdDate: String
        package var name: String
        package var securityGroupIds: [String]
        package var subnetIds: [String]
        package var tags: OrderedMap<String>?
        package var vpcLinkId: String
        /// `PENDING`, `AVAILABLE`, `DELETING`, `FAILED` or `INACTIVE`.
        package var vpcLinkStatus = "PENDING"
        package var vpcLinkStatusMessage = "VPC link is provisioning ENIs"
        package var vpcLinkVersion = "V2"

        package init(vpcLinkId: String, name: String, subnetIds: [String], createdDate: String) {
            self.vpcLinkId = vpcLinkId
            self.name = name
            self.subnetIds = subnetIds
            self.createdDate = createdDate
            securityGroupIds = []
        }
    }
}
