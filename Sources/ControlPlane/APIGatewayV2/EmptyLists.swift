import GatewayModel

/// Lists of resources that are not served yet: there are none, which a list can say, and tools that only look go on.
/// Of what a list belongs to, what is not there is not found.
extension V2Operations {
    static var emptyLists: [Operation] {
        [
            list("GetDomainNames", "/domainnames") { (_, _) throws(ServiceError) in },
            list("ListPortals", "/portals") { (_, _) throws(ServiceError) in },
            list("ListPortalProducts", "/portalproducts") { (_, _) throws(ServiceError) in },
            list("GetApiMappings", "/domainnames/{domainName}/apimappings", ofDomainName),
            list("ListRoutingRules", "/domainnames/{domainName}/routingrules", ofDomainName),
            list("ListProductPages", "/portalproducts/{portalProductId}/productpages", ofPortalProduct),
            list(
                "ListProductRestEndpointPages", "/portalproducts/{portalProductId}/productrestendpointpages",
                ofPortalProduct),
        ]
    }

    private static func list(
        _ name: String, _ path: String,
        _ checkOwner: @escaping @Sendable (ControlPlane, Call) throws(ServiceError) -> Void
    ) -> Operation {
        Operation(name, .apigateway, .get, "/v2" + path) {
            (control: ControlPlane, call: Call) throws(ServiceError) in
            try checkOwner(control, call)
            return try Lists.page([String](), call) { $0 }
        }
    }

    private static func ofDomainName(_: ControlPlane, _: Call) throws(ServiceError) {
        throw V2Error.notFound("Invalid domain name identifier specified")
    }

    /// AWS's text is unknown.
    private static func ofPortalProduct(_: ControlPlane, _ call: Call) throws(ServiceError) {
        throw V2Error.notFound("Invalid PortalProduct identifier specified \(call.path("portalProductId"))")
    }
}
