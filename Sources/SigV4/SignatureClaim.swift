package import GatewayModel

/// What a request says of its signature, in its Authorization or in its query. All of it is known from the head.
package struct SignatureClaim: Sendable {
    package let accessKeyId: String
    package let region: String
    package let service: String
    /// Of the scope: `20150830`.
    package let day: String
    /// Of temporary credentials.
    package let token: String?

    /// `20150830T123600Z`
    let date: String
    let names: [[UInt8]]
    /// 64 hexadecimal digits, if it is one.
    let signature: [UInt8]
    let payload: Payload

    /// What stands for the body in what was signed.
    enum Payload: Equatable {
        case digest
        /// A digest that the client has told: it has to be the body's.
        case told([UInt8])
        case unsigned
    }

    /// Seconds that clocks may differ. Source: recorded messages of API Gateway ("- 5 min.").
    private static let skew: Int64 = 300
    /// Source: "X-Amz-Expires must be less than a week (in seconds)".
    private static let longestExpiry: Int64 = 604_800
    private static let algorithm = "AWS4-HMAC-SHA256"

    /// Reads and checks all that can be checked without knowing the key.
    ///
    /// - Parameters:
    ///   - service: those that the request may be signed for.
    ///   - region: nil takes any.
    package init(
        _ request: SignableRequest, for service: String, in region: String?, now: Timestamp
    ) throws(SignatureFault) {
        let parts = try SignatureParts(request)
        date = parts.date
        guard let time = Self.seconds(date) else {
            throw SignatureFault(
                .incomplete,
                "Date must be in ISO-8601 'basic format'. Got '\(date)'. See http://en.wikipedia.org/wiki/ISO_8601")
        }
        try Self.check(time, date, expires: parts.expires, now)
        let names = parts.signedHeaders.split(separator: ";", omittingEmptySubsequences: false).map { Array($0.utf8) }
        guard names.contains(Array("host".utf8)) || names.contains(Array(":authority".utf8)) else {
            throw SignatureFault(
                .invalid, "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
        }
        guard parts.algorithm == Self.algorithm else {
            throw SignatureFault(
                .incomplete,
                "Unsupported AWS 'algorithm': '\(parts.algorithm)' (only AWS4-HMAC-SHA256 for now). ")
        }
        let credential = parts.credential.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard credential.count == 5, !credential[0].isEmpty else {
            throw SignatureFault(
                .incomplete,
                "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got "
                    + "'\(parts.credential)'")
        }
        var faults = ""
        if let region, credential[2] != region { faults += "Credential should be scoped to a valid region. " }
        if credential[3] != service { faults += "Credential should be scoped to correct service: '\(service)'. " }
        if credential[4] != "aws4_request" {
            faults +=
                "Credential should be scoped with a valid terminator: 'aws4_request', not '\(credential[4])'. "
        }
        if !date.hasPrefix(credential[1]) || credential[1].utf8.count != 8 {
            faults +=
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
                + "'\(credential[1])' != '\(date.prefix(8))', from '\(date)'."
        }
        guard faults.isEmpty else { throw SignatureFault(.invalid, faults) }
        accessKeyId = credential[0]
        day = credential[1]
        self.region = credential[2]
        self.service = credential[3]
        token = parts.token
        signature = Array(parts.signature.utf8)
        self.names = names
        payload = try Self.payload(request, names)
        try Self.check(names, request)
    }

    private static func check(
        _ time: Int64, _ date: String, expires: String?, _ now: Timestamp
    ) throws(SignatureFault) {
        let seconds = now.seconds
        func text(_ seconds: Int64) -> String { RequestSigner.date(Timestamp(milliseconds: seconds * 1000)) }
        if let expires {
            guard let life = Int64(expires) else {
                throw SignatureFault(.incomplete, "X-Amz-Expires should be a number")
            }
            guard life > 0 else { throw SignatureFault(.incomplete, "X-Amz-Expires must be non-negative") }
            guard life <= longestExpiry else {
                throw SignatureFault(
                    .incomplete,
                    "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be "
                        + "less than \(longestExpiry) seconds")
            }
            if seconds > time + life {
                throw SignatureFault(
                    .invalid, "Signature expired: \(text(time + life)) is now earlier than \(text(seconds))")
            }
        } else if seconds > time + skew {
            throw SignatureFault(
                .invalid,
                "Signature expired: \(date) is now earlier than \(text(seconds - skew)) (\(text(seconds)) - 5 min.)")
        }
        if time > seconds + skew {
            throw SignatureFault(
                .invalid,
                "Signature not yet current: \(date) is still later than \(text(seconds + skew)) (\(text(seconds)) + 5 min.)"
            )
        }
    }

    /// Names have to stand in order, once each and in small letters, and the fields have to be there: with any other list
    /// no signature is the right one.
    private static func check(_ names: [[UInt8]], _ request: SignableRequest) throws(SignatureFault) {
        for (number, name) in names.enumerated() {
            let isInOrder = number == 0 || names[number - 1].lexicographicallyPrecedes(name)
            guard isInOrder, !name.contains(where: { (0x41...0x5A).contains($0) }),
                request.fields.contains(where: { $0.name == name })
            else { throw .mismatch }
        }
    }

    private static func payload(_ request: SignableRequest, _ names: [[UInt8]]) throws(SignatureFault) -> Payload {
        let field = Array("x-amz-content-sha256".utf8)
        guard let told = request.fields.first(where: { $0.name == field })?.value else { return .digest }
        let text = String(decoding: told, as: UTF8.self)
        // What is not signed could have been changed by anybody.
        guard names.contains(field) else {
            if Hexadecimal.isSHA256(text) { return .digest }
            throw .mismatch
        }
        if text == "UNSIGNED-PAYLOAD" { return .unsigned }
        guard Hexadecimal.isSHA256(text) else {
            throw SignatureFault(.invalid, "The value '\(text)' of x-amz-content-sha256 is not supported here.")
        }
        return .told(told)
    }

    /// Whether `X-Amz-Target` is signed where it is there.
    package func signsTarget(of request: SignableRequest) -> Bool {
        let field = Array("x-amz-target".utf8)
        return names.contains(field) || request.values("x-amz-target").isEmpty
    }

    /// Whether the body has to be known to check the signature.
    package var needsBody: Bool { payload != .unsigned }

    /// Of `20150830T123600Z`; nil for any other form, and for days that there are not.
    static func seconds(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        guard bytes.count == 16, bytes[8] == UInt8(ascii: "T"), bytes[15] == UInt8(ascii: "Z") else { return nil }
        func number(_ range: Range<Int>) -> Int64? {
            var value: Int64 = 0
            for byte in bytes[range] {
                guard (0x30...0x39).contains(byte) else { return nil }
                value = value * 10 + Int64(byte - 0x30)
            }
            return value
        }
        guard let year = number(0..<4), let month = number(4..<6), let day = number(6..<8), let hour = number(9..<11),
            let minute = number(11..<13), let second = number(13..<15), hour < 24, minute < 60, second < 60
        else { return nil }
        return Calendar.days(year: year, month: month, day: day).map { days in
            days * 86_400 + hour * 3600 + minute * 60 + second
        }
    }
}
