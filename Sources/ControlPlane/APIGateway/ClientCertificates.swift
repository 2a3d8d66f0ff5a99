import Certificates
import GatewayModel
import JSON

/// The operations on ClientCertificate.
extension RESTOperations {
    static var clientCertificates: [Operation] {
        let collection = "/clientcertificates"
        let item = collection + "/{clientcertificate_id}"
        return [
            Operation("GenerateClientCertificate", .apigateway, .post, collection, success: 201, generate),
            Operation("GetClientCertificate", .apigateway, .get, item) { control, call throws(ServiceError) in
                try .json(try control.find(StoredCertificate.self, call).certificate)
            },
            Operation("GetClientCertificates", .apigateway, .get, collection) { control, call throws(ServiceError) in
                let certificates = control.world.all(StoredCertificate.self).map(\.certificate)
                return try RestPage.reply(certificates, call, key: \.clientCertificateId)
            },
            Operation("UpdateClientCertificate", .apigateway, .patch, item) { control, call throws(ServiceError) in
                let patches = try patches(of: "UpdateClientCertificate", call)
                let stored = try await control.changeDocument(
                    StoredCertificate.self, call.path(StoredCertificate.parameter)
                ) { stored throws(ServiceError) in
                    try PatchTable<REST.ClientCertificate>(.listed, [.text("/description", \.description)]).apply(
                        patches, to: &stored.certificate)
                }
                return try .json(stored.certificate)
            },
            Operation("DeleteClientCertificate", .apigateway, .delete, item, success: 202) {
                control, call throws(ServiceError) in
                try await control.deleteDocument(StoredCertificate.self, call.path(StoredCertificate.parameter))
                return .empty
            },
        ]
    }

    private static func generate(_ control: ControlPlane, _ call: Call) async throws(ServiceError) -> Reply {
        let members = try RestMembers(call)
        let tags = try RestTags.read(members)
        let id = try control.freshId(of: StoredCertificate.self, length: 6, call, tags: tags)
        let made: Certificate
        do throws(Certificate.Failure) {
            made = try Certificate.selfSigned("ApiGateway", from: call.now, seconds: Certificate.year)
        } catch {
            throw .internalFailure(error.description)
        }
        var certificate = REST.ClientCertificate(
            clientCertificateId: id, pemEncodedCertificate: made.pem, createdDate: Int(call.now.seconds),
            expirationDate: Int(call.now.seconds + Certificate.year))
        certificate.tags = tags
        if let text = try members.string("description"), !text.isEmpty { certificate.description = text }
        try await control.create(StoredCertificate(certificate: certificate, privateKey: made.privateKey), call)
        return try .json(certificate)
    }
}

/// A client certificate with its key, which is never told.
struct StoredCertificate: Codable, Sendable, Equatable {
    var certificate: REST.ClientCertificate
    /// PEM.
    let privateKey: String
}

extension StoredCertificate: AccountDocument {
    static let rootType = "clientcertificate"
    static var place: any WritableKeyPath<World, Roots<AccountResource<StoredCertificate>>> & Sendable {
        \.clientCertificates
    }
    static let parameter = "clientcertificate_id"
    static var quota: Int { RESTQuotas.clientCertificates }
    static var notFound: ServiceError { RESTError.notFound("Invalid Client Certificate identifier specified") }

    var id: String { certificate.clientCertificateId }

    var tags: OrderedMap<String>? {
        get { certificate.tags }
        set { certificate.tags = newValue }
    }
}
