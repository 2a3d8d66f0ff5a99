/// GetCallerIdentity of AWS STS: the first call of Terraform, the CDK and SAM, which ask whose account they work in.
///
/// The only operation of the query protocol (2011-06-15) that is served; its answer is XML.
enum CallerIdentity {
    /// The answer, or nil when the call is another service's.
    static func respond(to request: WireRequest, accountId: String, requestId: String) -> WireResponse? {
        guard CredentialScope(request)?.service == "sts" else { return nil }
        let form = PercentEncoding.query(String(decoding: request.body, as: UTF8.self)) ?? []
        let action = form.first { $0.name == "Action" }?.value ?? ""
        guard action == "GetCallerIdentity" else { return refusal(requestId) }
        let body = """
            <GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
              <GetCallerIdentityResult>
                <Arn>arn:aws:iam::\(accountId):root</Arn>
                <UserId>\(accountId)</UserId>
                <Account>\(accountId)</Account>
              </GetCallerIdentityResult>
              <ResponseMetadata><RequestId>\(requestId)</RequestId></ResponseMetadata>
            </GetCallerIdentityResponse>
            """
        return xml(200, body, requestId)
    }

    /// What the caller asked for is not repeated: it would have to be escaped.
    private static func refusal(_ requestId: String) -> WireResponse {
        let body = """
            <ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
              <Error>
                <Type>Sender</Type>
                <Code>UnknownOperationException</Code>
                <Message>Gatehouse serves GetCallerIdentity only of this service.</Message>
              </Error>
              <RequestId>\(requestId)</RequestId>
            </ErrorResponse>
            """
        return xml(404, body, requestId)
    }

    private static func xml(_ status: Int, _ body: String, _ requestId: String) -> WireResponse {
        WireResponse(
            status: status, headers: [("content-type", "text/xml"), ("x-amzn-requestid", requestId)],
            body: Array(body.utf8))
    }
}
