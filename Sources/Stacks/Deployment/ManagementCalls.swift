import ControlPlane
import JSON

/// Makes calls with JSON bodies, and turns an error answer into a failure with AWS's words.
struct ManagementCalls: Sendable {
    let management: any Management

    struct Failure: Error {
        let status: Int
        let message: String
    }

    func call(
        _ operation: String, _ method: String, _ path: [String], body: JSONObject
    ) async throws(Failure) -> JSONValue {
        let request = WireRequest(
            method: method, path: "/" + path.map(Self.percentEncoded).joined(separator: "/"),
            headers: [("content-type", "application/json")], body: JSONValue.object(body).bytes)
        let response = await management.call(request)
        let answer = response.body.isEmpty ? JSONValue.object([:]) : try? JSONValue(parsing: response.body)
        guard (200..<300).contains(response.status) else {
            let code = response.headers.first { $0.name == "x-amzn-errortype" }?.value ?? "HTTP \(response.status)"
            let text = answer?["message"]?.string ?? answer?["Message"]?.string ?? ""
            throw Failure(status: response.status, message: "\(operation): \(code): \(text)")
        }
        guard let answer else {
            throw Failure(status: response.status, message: "\(operation): the answer is not JSON")
        }
        return answer
    }

    /// One segment of a path (RFC 3986 section 2.3).
    private static func percentEncoded(_ segment: String) -> String {
        var encoded = ""
        for byte in segment.utf8 {
            if LogicalId.isAlphanumeric(byte) || "-._~$:".utf8.contains(byte) {
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                encoded += byte < 16 ? "%0" : "%"
                encoded += String(byte, radix: 16, uppercase: true)
            }
        }
        return encoded
    }
}
