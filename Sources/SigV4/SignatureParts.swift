internal import GatewayModel

/// The parameters of a signature as they were sent, before any is looked at.
struct SignatureParts {
    let algorithm: ArraySlice<UInt8>
    let credential: ArraySlice<UInt8>
    let signedHeaders: ArraySlice<UInt8>
    let signature: ArraySlice<UInt8>
    let date: ArraySlice<UInt8>
    let token: ArraySlice<UInt8>?
    let expires: ArraySlice<UInt8>?
    let isPresigned: Bool

    private static let queryNames = ["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature"]

    init(_ request: SignableRequest) throws(SignatureFault) {
        var inQuery: [String: [UInt8]] = [:]
        var isRepeated = false
        if !request.query.isEmpty {
            for (name, value) in request.parameters {
                guard let name = PercentEncoding.decode(String(decoding: name, as: UTF8.self)),
                    name.hasPrefix("X-Amz-"),
                    let text = PercentEncoding.decode(String(decoding: value, as: UTF8.self))
                else { continue }
                let old = inQuery.updateValue(Array(text.utf8), forKey: name)
                if old != nil { isRepeated = true }
            }
        }
        let authorization = request.value("authorization")
        if inQuery["X-Amz-Algorithm"] != nil, authorization != nil { throw .twoForms }
        if authorization == nil, Self.queryNames.contains(where: { inQuery[$0] != nil }) {
            guard !isRepeated else { throw .mismatch }
            try self.init(query: inQuery)
            return
        }
        guard let authorization else { throw .missing }
        guard request.count("authorization") == 1 else {
            throw SignatureFault(.incomplete, "Found more than one 'Authorization' HTTP header.")
        }
        try self.init(authorization: authorization, request)
    }

    private init(authorization text: ArraySlice<UInt8>, _ request: SignableRequest) throws(SignatureFault) {
        guard text.prefix(5) == "AWS4-" else { throw .missing }
        algorithm = text.prefix { $0 != space }
        var (credential, signature, signedHeaders) = (text.prefix(0), text.prefix(0), text.prefix(0))
        var rest = text[algorithm.endIndex...]
        while let start = rest.firstIndex(where: { !Self.isSeparator($0) }) {
            let part = rest[start...].prefix { !Self.isSeparator($0) }
            rest = rest[part.endIndex...]
            guard let equals = part.firstIndex(of: UInt8(ascii: "=")) else {
                throw SignatureFault(
                    .incomplete,
                    "Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded "
                        + "with Base64): '\(text.withUnsafeBytes(RequestSigner.encodedDigest))'.")
            }
            let (name, value) = (part[..<equals], part[(equals + 1)...])
            if name == "Credential" {
                credential = value
            } else if name == "Signature" {
                signature = value
            } else if name == "SignedHeaders" {
                signedHeaders = value
            }
        }
        let date = request.value("x-amz-date") ?? request.value("date")
        var message = ""
        for (name, value) in [
            ("Credential", credential), ("Signature", signature), ("SignedHeaders", signedHeaders),
        ] where value.isEmpty {
            message += "Authorization header requires '\(name)' parameter. "
        }
        if date == nil {
            message += "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
        }
        guard message.isEmpty, let date else {
            throw SignatureFault(
                .incomplete,
                message + "(Hashed with SHA-256 and encoded with Base64) Authorization="
                    + text.withUnsafeBytes(RequestSigner.encodedDigest))
        }
        // Of a field that comes twice nobody knows which one was meant.
        guard request.count("x-amz-date") <= 1, request.count("x-amz-security-token") <= 1 else { throw .mismatch }
        self.credential = credential
        self.signedHeaders = signedHeaders
        self.signature = signature
        self.date = date
        token = request.value("x-amz-security-token")
        expires = nil
        isPresigned = false
    }

    private static func isSeparator(_ byte: UInt8) -> Bool { byte == space || byte == UInt8(ascii: ",") }

    private init(query: [String: [UInt8]]) throws(SignatureFault) {
        var message = ""
        for name in ["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date"]
        where query[name]?.isEmpty ?? true {
            message += "AWS query-string parameters must include '\(name)'. "
        }
        guard message.isEmpty else {
            throw SignatureFault(.incomplete, message + "Re-examine the query-string parameters.")
        }
        algorithm = query["X-Amz-Algorithm"]?[...] ?? []
        credential = query["X-Amz-Credential"]?[...] ?? []
        signedHeaders = query["X-Amz-SignedHeaders"]?[...] ?? []
        signature = query["X-Amz-Signature"]?[...] ?? []
        date = query["X-Amz-Date"]?[...] ?? []
        token = query["X-Amz-Security-Token"]?[...]
        expires = query["X-Amz-Expires"]?[...]
        isPresigned = true
    }
}

private let space = UInt8(ascii: " ")
