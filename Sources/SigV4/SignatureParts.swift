internal import GatewayModel

/// The parameters of a signature as they were sent, before any is looked at.
struct SignatureParts {
    let algorithm: String
    let credential: String
    let signedHeaders: String
    let signature: String
    let date: String
    let token: String?
    let expires: String?

    private static let queryNames = ["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature"]

    init(_ request: SignableRequest) throws(SignatureFault) {
        var inQuery: [String: String] = [:]
        var isRepeated = false
        if !request.query.isEmpty {
            for (name, value) in request.parameters {
                guard let name = PercentEncoding.decode(String(decoding: name, as: UTF8.self)),
                    name.hasPrefix("X-Amz-"),
                    let text = PercentEncoding.decode(String(decoding: value, as: UTF8.self))
                else { continue }
                let old = inQuery.updateValue(text, forKey: name)
                if old != nil { isRepeated = true }
            }
        }
        let authorizations = request.values("authorization")
        if inQuery["X-Amz-Algorithm"] != nil, !authorizations.isEmpty { throw .twoForms }
        if authorizations.isEmpty, Self.queryNames.contains(where: { inQuery[$0] != nil }) {
            guard !isRepeated else { throw .mismatch }
            try self.init(query: inQuery)
            return
        }
        guard let authorization = authorizations.first else { throw .missing }
        guard authorizations.count == 1 else {
            throw SignatureFault(.incomplete, "Found more than one 'Authorization' HTTP header.")
        }
        try self.init(authorization: authorization, request)
    }

    private init(authorization bytes: [UInt8], _ request: SignableRequest) throws(SignatureFault) {
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.hasPrefix("AWS4-") else { throw .missing }
        algorithm = String(text.prefix { $0 != " " })
        var values: [Substring: Substring] = [:]
        for part in text.dropFirst(algorithm.count).split(whereSeparator: { $0 == " " || $0 == "," }) {
            guard let equals = part.firstIndex(of: "=") else {
                throw SignatureFault(
                    .incomplete,
                    "Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded "
                        + "with Base64): '\(bytes.withUnsafeBytes(RequestSigner.encodedDigest))'.")
            }
            values[part[..<equals]] = part[part.index(after: equals)...]
        }
        let date = request.text("x-amz-date") ?? request.text("date")
        var message = ""
        for name in ["Credential", "Signature", "SignedHeaders"] where values[Substring(name)]?.isEmpty ?? true {
            message += "Authorization header requires '\(name)' parameter. "
        }
        if date == nil {
            message += "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
        }
        guard message.isEmpty, let date else {
            throw SignatureFault(
                .incomplete,
                message + "(Hashed with SHA-256 and encoded with Base64) Authorization="
                    + bytes.withUnsafeBytes(RequestSigner.encodedDigest))
        }
        // Of a field that comes twice nobody knows which one was meant.
        guard request.values("x-amz-date").count <= 1, request.values("x-amz-security-token").count <= 1 else {
            throw .mismatch
        }
        credential = values["Credential"].map(String.init) ?? ""
        signedHeaders = values["SignedHeaders"].map(String.init) ?? ""
        signature = values["Signature"].map(String.init) ?? ""
        self.date = date
        token = request.text("x-amz-security-token")
        expires = nil
    }

    private init(query: [String: String]) throws(SignatureFault) {
        var message = ""
        for name in ["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date"]
        where query[name]?.isEmpty ?? true {
            message += "AWS query-string parameters must include '\(name)'. "
        }
        guard message.isEmpty else {
            throw SignatureFault(.incomplete, message + "Re-examine the query-string parameters.")
        }
        algorithm = query["X-Amz-Algorithm"] ?? ""
        credential = query["X-Amz-Credential"] ?? ""
        signedHeaders = query["X-Amz-SignedHeaders"] ?? ""
        signature = query["X-Amz-Signature"] ?? ""
        date = query["X-Amz-Date"] ?? ""
        token = query["X-Amz-Security-Token"]
        expires = query["X-Amz-Expires"]
    }
}
