/// The operations that are refused for now. They are listed so that a caller hears what is missing, not that the path
/// is unknown. Source of the list: botocore's model.
extension V2Operations {
    static let refused: [Operation] =
        refuse(domainNames, "Gatehouse does not serve custom domain names yet")
        + refuse(portals, "Gatehouse does not serve developer portals")

    private typealias Row = (name: String, method: Operation.Method, path: String, success: Int)

    private static func refuse(_ rows: [Row], _ reason: String) -> [Operation] {
        rows.map { row in
            let error = ServiceError.unsupported("\(reason): \(row.name) is refused.")
            return Operation(
                row.name, .apigateway, row.method, "/v2" + row.path, success: row.success, isServed: false
            ) { (_: ControlPlane, _: Call) throws(ServiceError) in throw error }
        }
    }

    private static let domainNames: [Row] = [
        ("CreateApiMapping", .post, "/domainnames/{domainName}/apimappings", 201),
        ("CreateDomainName", .post, "/domainnames", 201),
        ("CreateRoutingRule", .post, "/domainnames/{domainName}/routingrules", 201),
        ("DeleteApiMapping", .delete, "/domainnames/{domainName}/apimappings/{apiMappingId}", 204),
        ("DeleteDomainName", .delete, "/domainnames/{domainName}", 204),
        ("DeleteRoutingRule", .delete, "/domainnames/{domainName}/routingrules/{routingRuleId}", 204),
        ("GetApiMapping", .get, "/domainnames/{domainName}/apimappings/{apiMappingId}", 200),
        ("GetDomainName", .get, "/domainnames/{domainName}", 200),
        ("GetRoutingRule", .get, "/domainnames/{domainName}/routingrules/{routingRuleId}", 200),
        ("PutRoutingRule", .put, "/domainnames/{domainName}/routingrules/{routingRuleId}", 200),
        ("UpdateApiMapping", .patch, "/domainnames/{domainName}/apimappings/{apiMappingId}", 200),
        ("UpdateDomainName", .patch, "/domainnames/{domainName}", 200),
    ]

    private static let portals: [Row] = [
        ("CreatePortal", .post, "/portals", 201),
        ("CreatePortalProduct", .post, "/portalproducts", 201),
        ("CreateProductPage", .post, "/portalproducts/{portalProductId}/productpages", 201),
        ("CreateProductRestEndpointPage", .post, "/portalproducts/{portalProductId}/productrestendpointpages", 201),
        ("DeletePortal", .delete, "/portals/{portalId}", 204),
        ("DeletePortalProduct", .delete, "/portalproducts/{portalProductId}", 204),
        ("DeletePortalProductSharingPolicy", .delete, "/portalproducts/{portalProductId}/sharingpolicy", 204),
        ("DeleteProductPage", .delete, "/portalproducts/{portalProductId}/productpages/{productPageId}", 204),
        (
            "DeleteProductRestEndpointPage", .delete,
            "/portalproducts/{portalProductId}/productrestendpointpages/{productRestEndpointPageId}", 204
        ),
        ("DisablePortal", .delete, "/portals/{portalId}/publish", 204),
        ("GetPortal", .get, "/portals/{portalId}", 200),
        ("GetPortalProduct", .get, "/portalproducts/{portalProductId}", 200),
        ("GetPortalProductSharingPolicy", .get, "/portalproducts/{portalProductId}/sharingpolicy", 200),
        ("GetProductPage", .get, "/portalproducts/{portalProductId}/productpages/{productPageId}", 200),
        (
            "GetProductRestEndpointPage", .get,
            "/portalproducts/{portalProductId}/productrestendpointpages/{productRestEndpointPageId}", 200
        ),
        ("PreviewPortal", .post, "/portals/{portalId}/preview", 202),
        ("PublishPortal", .post, "/portals/{portalId}/publish", 202),
        ("PutPortalProductSharingPolicy", .put, "/portalproducts/{portalProductId}/sharingpolicy", 200),
        ("UpdatePortal", .patch, "/portals/{portalId}", 200),
        ("UpdatePortalProduct", .patch, "/portalproducts/{portalProductId}", 200),
        ("UpdateProductPage", .patch, "/portalproducts/{portalProductId}/productpages/{productPageId}", 200),
        (
            "UpdateProductRestEndpointPage", .patch,
            "/portalproducts/{portalProductId}/productrestendpointpages/{productRestEndpointPageId}", 200
        ),
    ]
}
