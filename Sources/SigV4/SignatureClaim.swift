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
    let date: ArraySlice<UInt8>
    let names: [ArraySlice<UInt8>]
    /// 64 hexadecimal digits, if it is one.
    let signature: ArraySlice<UInt8>
    let payload: Payload
    /// Whether all of it stands in the query.
    let isPresigned: Bool

    /// What stands for the body in what was signed.
    enum Payload: Equatable {
        case digest
        /// A digest that the client has told: it has to be the body's.
        case told(ArraySlice<UInt8>)
        case unsigned
        /// S3: what the client tells is signed, whatever it says, and its body is held against it by who reads it.
        case literal(ArraySlice<UInt8>)
    }

    /// Seconds that clocks may differ. Source: recorded messages of API Gateway ("- 5 min.").
    private static let skew: Int64 = 300
    /// S3's clocks. Source: RequestTimeTooSkewed, `MaxAllowedSkewMilliseconds` 900000.
    package static let objectSkew: Int64 = 900
    /// Source: "X-Amz-Expires must be less than a week (in seconds)".
    private static let longestExpiry: Int64 = 604_800

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
        isPresigned = parts.isPresigned
        guard let time = Self.seconds(date) else {
            throw SignatureFault(
                .incomplete,
                "Date must be in ISO-8601 'basic format'. Got '\(text(date))'. "
                    + "See http://en.wikipedia.org/wiki/ISO_8601")
        }
        try Self.check(
            time, date, expires: parts.expires, now, skew: service == RequestSigner.s3 ? Self.objectSkew : Self.skew)
        names = parts.signedHeaders.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
        guard names.contains(where: { $0 == "host" || $0 == ":authority" }) else {
            throw SignatureFault(
                .invalid, "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
        }
        guard parts.algorithm == "AWS4-HMAC-SHA256" else {
            throw SignatureFault(
                .incomplete,
                "Unsupported AWS 'algorithm': '\(text(parts.algorithm))' (only AWS4-HMAC-SHA256 for now). ")
        }
        let credential = parts.credential.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard credential.count == 5, !credential[0].isEmpty else {
            throw SignatureFault(
                .incomplete,
                "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got "
                    + "'\(text(parts.credential))'")
        }
        self.region = text(credential[2])
        self.service = text(credential[3])
        var faults = ""
        if let region, self.region != region { faults += "Credential should be scoped to a valid region. " }
        if self.service != service { faults += "Credential should be scoped to correct service: '\(service)'. " }
        if credential[4] != "aws4_request" {
            faults +=
                "Credential should be scoped with a valid terminator: 'aws4_request', not '\(text(credential[4]))'. "
        }
        if credential[1] != date.prefix(8) {
            faults +=
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
                + "'\(text(credential[1]))' != '\(text(date.prefix(8)))', from '\(text(date))'."
        }
        guard faults.isEmpty else { throw SignatureFault(.invalid, faults) }
        accessKeyId = text(credential[0])
        day = text(credential[1])
        token = parts.token.map(text)
        signature = parts.signature
        payload =
            service == RequestSigner.s3
            ? .literal(request.value("x-amz-content-sha256") ?? Array("UNSIGNED-PAYLOAD".utf8)[...])
            : try Self.payload(request, names)
        try Self.check(names, request)
    }

    private static func check(
        _ time: Int64, _ date: ArraySlice<UInt8>, expires: ArraySlice<UInt8>?, _ now: Timestamp, skew: Int64
    ) throws(SignatureFault) {
        let seconds = now.seconds
        func written(_ seconds: Int64) -> String { RequestSigner.date(Timestamp(milliseconds: seconds * 1000)) }
        if let expires {
            guard let life = Int64(text(expires)) else {
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
                    .invalid, "Signature expired: \(written(time + life)) is now earlier than \(written(seconds))")
            }
        } else if seconds > time + skew {
            throw SignatureFault(
                .invalid,
                "Signature expired: \(text(date)) is now earlier than \(written(seconds - skew)) (\(written(seconds)) - 5 min.)"
            )
        }
        if time > seconds + skew {
            throw SignatureFault(
                .invalid,
                "Signature not yet current: \(text(date)) is still later than \(written(seconds + skew)) "
                    + "(\(written(seconds)) + 5 min.)")
        }
    }

    /// Names have to stand in order, once each and in small letters, and the fields have to be there: with any other list
    /// no signature is the right one.
    private static func check(_ names: [ArraySlice<UInt8>], _ request: SignableRequest) throws(SignatureFault) {
        var last: ArraySlice<UInt8> = []
        for name in names {
            guard last.lexicographicallyPrecedes(name), !name.contains(where: { (0x41...0x5A).contains($0) }),
                request.fields.contains(where: { request.bytes[$0.name] == name })
            else { throw .mismatch }
            last = name
        }
    }

    private static func payload(
        _ request: SignableRequest, _ names: [ArraySlice<UInt8>]
    ) throws(SignatureFault) -> Payload {
        guard let told = request.value("x-amz-content-sha256") else { return .digest }
        let isDigest = Hexadecimal.isSHA256(text(told))
        // What is not signed could have been changed by anybody.
        guard names.contains(where: { $0 == "x-amz-content-sha256" }) else {
            if isDigest { return .digest }
            throw .mismatch
        }
        if told == "UNSIGNED-PAYLOAD" { return .unsigned }
        guard isDigest else {
            throw SignatureFault(.invalid, "The value '\(text(told))' of x-amz-content-sha256 is not supported here.")
        }
        return .told(told)
    }

    /// Whether `X-Amz-Target` is signed where it is there.
    package func signsTarget(of request: SignableRequest) -> Bool {
        names.contains { $0 == "x-amz-target" } || request.value("x-amz-target") == nil
    }

    /// Whether a field of that name is signed, where it is there.
    package func signs(_ name: String) -> Bool { names.contains { $0.elementsEqual(name.utf8) } }

    /// Whether the body has to be known to check the signature.
    package var needsBody: Bool {
        switch payload {
        case .digest, .told: true
        case .unsigned, .literal: false
        }
    }

    /// Of `20150830T123600Z`.
    package static func time(of date: String) -> Timestamp? {
        seconds(Array(date.utf8)[...]).map { Timestamp(milliseconds: $0 * 1000) }
    }

    /// Of `20150830T123600Z`; nil for any other form, and for days that there are not.
    static func seconds(_ text: ArraySlice<UInt8>) -> Int64? {
        guard text.count == 16, text.last == UInt8(ascii: "Z"), text.dropFirst(8).first == UInt8(ascii: "T")
        else { return nil }
        func number(_ range: Range<Int>) -> Int64? {
            var value: Int64 = 0
            for position in range {
                let byte = text[text.startIndex + position]
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

private func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
