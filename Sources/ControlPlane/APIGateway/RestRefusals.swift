import GatewayModel

/// The operations that are refused for now. They are listed so that a caller hears what is missing, not that the path
/// is unknown. Source of the list: botocore's model.
extension RESTOperations {
    static let refused: [Operation] =
        refuse(domainNames, "Gatehouse does not serve custom domain names yet")
        + refuse(sdks, "Gatehouse does not generate SDKs")

    private typealias Row = (name: String, method: Operation.Method, path: String, success: Int)

    private static func refuse(_ rows: [Row], _ reason: String) -> [Operation] {
        rows.map { row in
            let error = ServiceError.unsupported("\(reason): \(row.name) is refused.")
            return Operation(
                row.name, .apigateway, row.method, row.path, success: row.success, isServed: false
            ) { (_: ControlPlane, _: Call) throws(ServiceError) in throw error }
        }
    }

    private static let domainNames: [Row] = [
        ("CreateBasePathMapping", .post, "/domainnames/{domain_name}/basepathmappings", 201),
        ("CreateDomainName", .post, "/domainnames", 201),
        ("CreateDomainNameAccessAssociation", .post, "/domainnameaccessassociations", 201),
        ("DeleteBasePathMapping", .delete, "/domainnames/{domain_name}/basepathmappings/{base_path}", 202),
        ("DeleteDomainName", .delete, "/domainnames/{domain_name}", 202),
        (
            "DeleteDomainNameAccessAssociation", .delete,
            "/domainnameaccessassociations/{domain_name_access_association_arn}", 202
        ),
        ("GetBasePathMapping", .get, "/domainnames/{domain_name}/basepathmappings/{base_path}", 200),
        ("GetBasePathMappings", .get, "/domainnames/{domain_name}/basepathmappings", 200),
        ("GetDomainName", .get, "/domainnames/{domain_name}", 200),
        ("GetDomainNameAccessAssociations", .get, "/domainnameaccessassociations", 200),
        ("GetDomainNames", .get, "/domainnames", 200),
        ("RejectDomainNameAccessAssociation", .post, "/rejectdomainnameaccessassociations", 202),
        ("UpdateBasePathMapping", .patch, "/domainnames/{domain_name}/basepathmappings/{base_path}", 200),
        ("UpdateDomainName", .patch, "/domainnames/{domain_name}", 200),
    ]

    private static let sdks: [Row] = [
        ("GetSdk", .get, api + "/stages/{stage_name}/sdks/{sdk_type}", 200)
    ]
}
