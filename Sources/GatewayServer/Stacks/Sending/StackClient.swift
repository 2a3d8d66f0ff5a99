package import GatewayModel
package import JSON

/// Speaks to the stacks of a running server, for commands.
package struct StackClient: Sendable {
    private var server: HTTPCaller

    /// Why the server does not do what it is asked, in sentences for people.
    package struct Refusal: Error {
        package let sentences: [String]

        package init(sentences: [String]) { self.sentences = sentences }
    }

    /// - Parameters:
    ///   - endpoint: `http://localhost:4566`.
    ///   - environment: names the credentials that calls are signed with, if there are some, and the authorities of
    ///     servers that encrypt, as AWS's tools have it.
    package init(endpoint: String, environment: (String) -> String?) throws(Refusal) {
        do throws(HTTPCaller.Failure) {
            guard let server = try HTTPCaller(endpoint, authorities: environment("AWS_CA_BUNDLE")) else {
                throw HTTPCaller.Failure(
                    sentence: "'\(endpoint)' is no endpoint: write it as http://localhost:4566.")
            }
            self.server = server
        } catch { throw Refusal(sentences: [error.sentence]) }
        server.credentials = SharedCredentials.find(environment)
    }

    package var port: Int { server.port }
    package var isSecure: Bool { server.isSecure }

    /// The account and region that the server works for.
    package func identity() async throws(Refusal) -> AccountIdentity {
        let answer = try await call("GET", "/_gatehouse/identity")
        guard let account = answer["account"]?.string, let region = answer["region"]?.string else {
            throw Refusal(sentences: ["The server's answer is not one."])
        }
        return AccountIdentity(accountId: account, region: region)
    }

    /// Sends what the deployment needs and starts it; the number of its first event comes back.
    package func deploy(_ template: OutgoingTemplate, stack: String) async throws(Refusal) -> Int {
        try await send(template)
        return try number(try await call("POST", "/_gatehouse/stacks/\(PercentEncoding.encode(stack))", template.body))
    }

    package func diff(_ template: OutgoingTemplate, stack: String) async throws(Refusal) -> [JSONValue] {
        try await send(template)
        let answer = try await call("POST", "/_gatehouse/stacks/\(PercentEncoding.encode(stack))/diff", template.body)
        return answer["changes"]?.array ?? []
    }

    /// Starts the deletion; the number of its first event comes back.
    package func delete(stack: String) async throws(Refusal) -> Int {
        try number(try await call("DELETE", "/_gatehouse/stacks/\(PercentEncoding.encode(stack))"))
    }

    /// Hands on every event until the operation is over, and answers what it came to.
    package func follow(
        stack: String, after first: Int, _ onEvent: (JSONValue) -> Void
    ) async throws(Refusal) -> JSONValue {
        var after = first
        while true {
            let path = "/_gatehouse/stacks/\(PercentEncoding.encode(stack))/events"
            let answer = try await call("GET", path, query: "after=\(after)")
            for event in answer["events"]?.array ?? [] { onEvent(event) }
            after = answer["after"]?.integer ?? after
            if let outcome = answer["outcome"] { return outcome }
        }
    }

    private func send(_ template: OutgoingTemplate) async throws(Refusal) {
        for (digest, package) in template.packages {
            let path = "/_gatehouse/assets/\(digest)"
            if try await respond("GET", path, "", []).status == 200 { continue }
            try await check(try await respond("PUT", path, "", package))
        }
    }

    private func number(_ answer: JSONValue) throws(Refusal) -> Int {
        guard let number = answer["after"]?.integer else {
            throw Refusal(sentences: ["The server's answer is not one."])
        }
        return number
    }

    func call(
        _ method: String, _ path: String, query: String = "", _ body: JSONValue? = nil
    ) async throws(Refusal) -> JSONValue {
        try await check(try await respond(method, path, query, body?.bytes ?? []))
    }

    private func respond(
        _ method: String, _ path: String, _ query: String, _ body: [UInt8]
    ) async throws(Refusal) -> HTTPCaller.Answer {
        do throws(HTTPCaller.Failure) {
            return try await server.call(method, query.isEmpty ? path : "\(path)?\(query)", body)
        } catch {
            throw Refusal(sentences: [error.sentence])
        }
    }

    @discardableResult
    private func check(_ answer: HTTPCaller.Answer) async throws(Refusal) -> JSONValue {
        let body = (try? JSONValue(parsing: answer.body)) ?? .object([:])
        guard !(200..<300).contains(answer.status) else { return body }
        let sentences = (body["problems"]?.array ?? []).compactMap(\.string)
        let told = (body["message"] ?? body["Message"])?.string
        let message = told ?? "The server answered with the status \(answer.status)."
        throw Refusal(sentences: sentences.isEmpty ? [message] : sentences)
    }
}
