import Crypto
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
        let made = try SelfSignedCertificate(from: call.now, seconds: SelfSignedCertificate.year)
        var certificate = REST.ClientCertificate(
            clientCertificateId: id, pemEncodedCertificate: made.pem, createdDate: Int(call.now.seconds),
            expirationDate: Int(call.now.seconds + SelfSignedCertificate.year))
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

/// A certificate (RFC 5280) that signs itself, with a key of its own on P-256.
struct SelfSignedCertificate {
    static let year: Int64 = 365 * 86_400

    let pem: String
    let privateKey: String

    init(from start: Timestamp, seconds: Int64) throws(ServiceError) {
        let key = P256.Signing.PrivateKey()
        // ecdsa-with-SHA256
        let algorithm = DER.sequence([DER.tagged(0x06, [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02])])
        let name = Self.name([(0x0A, "Gatehouse"), (0x03, "ApiGateway")])
        let content = DER.sequence([
            DER.tagged(0xA0, DER.integer([2])), DER.integer((0..<16).map { _ in UInt8.random(in: .min ... .max) }),
            algorithm, name,
            DER.sequence([
                DER.time(start), DER.time(Timestamp(milliseconds: start.milliseconds + seconds * 1000)),
            ]),
            name, Array(key.publicKey.derRepresentation),
        ])
        let signature: [UInt8]
        do { signature = Array(try key.signature(for: content).derRepresentation) } catch {
            throw .internalFailure("The certificate could not be signed: \(error)")
        }
        let certificate = DER.sequence([content, algorithm, DER.tagged(0x03, [0] + signature)])
        pem = DER.pem("CERTIFICATE", certificate)
        privateKey = key.pemRepresentation
    }

    /// Attributes of X.520 by the last byte of their identifiers: 3 common name, 10 organization.
    private static func name(_ attributes: [(id: UInt8, text: String)]) -> [UInt8] {
        DER.sequence(
            attributes.map { id, text in
                DER.tagged(
                    0x31, DER.sequence([DER.tagged(0x06, [0x55, 0x04, id]), DER.tagged(0x0C, Array(text.utf8))]))
            })
    }
}

/// As much of DER (X.690) as a certificate needs.
enum DER {
    static func tagged(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        var length: [UInt8] = []
        if content.count < 0x80 {
            length = [UInt8(content.count)]
        } else {
            var rest = content.count
            while rest > 0 {
                length.insert(UInt8(rest & 0xFF), at: 0)
                rest >>= 8
            }
            length.insert(0x80 | UInt8(length.count), at: 0)
        }
        return [tag] + length + content
    }

    static func sequence(_ parts: [[UInt8]]) -> [UInt8] { tagged(0x30, parts.flatMap { $0 }) }

    /// Of big-endian bytes; positive, in the shortest form.
    static func integer(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = Array(bytes.drop { $0 == 0 })
        if bytes.isEmpty || bytes[0] & 0x80 != 0 { bytes.insert(0, at: 0) }
        return tagged(0x02, bytes)
    }

    /// UTCTime: `YYMMDDHHMMSSZ`.
    static func time(_ moment: Timestamp) -> [UInt8] {
        tagged(0x17, Array(moment.iso8601.dropFirst(2).filter { $0.isNumber || $0 == "Z" }.utf8))
    }

    static func pem(_ label: String, _ bytes: [UInt8]) -> String {
        let text = Base64.encode(bytes)
        var lines = ["-----BEGIN \(label)-----"]
        var rest = text[...]
        while !rest.isEmpty {
            lines.append(String(rest.prefix(64)))
            rest = rest.dropFirst(64)
        }
        return (lines + ["-----END \(label)-----"]).joined(separator: "\n")
    }
}
