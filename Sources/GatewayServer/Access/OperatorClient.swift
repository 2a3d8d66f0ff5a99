import Callers
import FoundationEssentials
import GatewayModel
import Sealing
import SigV4

/// Calls IAM as the account itself, for the operator: whoever can read the key of a data folder.
package struct OperatorClient: Sendable {
    private let server: HTTPCaller

    /// Why something cannot be done, in a sentence for people.
    package struct Refusal: Error {
        package let sentence: String

        package init(sentence: String) { self.sentence = sentence }
    }

    /// How long its credentials last: a command takes seconds.
    private static let seconds: Int64 = 60

    /// - Parameters:
    ///   - dataFolder: of the server.
    ///   - endpoint: where the server listens.
    ///   - authorities: a file of certificates that it may be signed by, besides the system's.
    package init(
        dataFolder: String, endpoint: String, authorities: String?
    ) throws(Refusal) {
        let file = StateFolder.absolute(dataFolder) + "/secrets.key"
        guard FileManager.default.fileExists(atPath: file) else {
            throw Refusal(sentence: "There is no key in \(file): --data has to name the folder of the server's state.")
        }
        let now = Timestamp(milliseconds: WallClock.epochMilliseconds).seconds
        let key: SealingKey
        do throws(SealingKey.Failure) { key = try SealingKey(file: file) } catch {
            throw Refusal(sentence: "\(error)")
        }
        let session = SessionTokens(key: key).operatorSession(
            now: now, seconds: Self.seconds)
        do throws(HTTPCaller.Failure) {
            guard var server = try HTTPCaller(endpoint, authorities: authorities) else {
                throw HTTPCaller.Failure(
                    sentence: "'\(endpoint)' is no endpoint: write it as http://localhost:4566.")
            }
            server.credentials = session
            server.service = "iam"
            server.contentType = "application/x-www-form-urlencoded"
            self.server = server
        } catch { throw Refusal(sentence: error.sentence) }
    }

    /// The code and message of an error of IAM.
    package struct Fault: Error {
        package let code: String
        package let message: String
    }

    /// Answers the XML of the result.
    package func call(
        _ action: String, _ parameters: KeyValuePairs<String, String>
    ) async throws(Refusal) -> Result<String, Fault> {
        let form =
            (["Action=\(action)", "Version=2010-05-08"]
            + parameters.map { "\($0.key)=\(PercentEncoding.encode($0.value))" }).joined(separator: "&")
        let answer: HTTPCaller.Answer
        do throws(HTTPCaller.Failure) { answer = try await server.call("POST", "/", Array(form.utf8)) } catch {
            throw Refusal(sentence: error.sentence)
        }
        let text = String(decoding: answer.body, as: UTF8.self)
        guard answer.status != 200 else { return .success(text) }
        return .failure(
            Fault(
                code: Self.element("Code", in: text).first ?? "",
                message: Self.element("Message", in: text).first ?? text))
    }

    /// The texts of all elements of a name that hold nothing but text.
    package static func element(_ name: String, in xml: String) -> [String] {
        var found: [String] = []
        var rest = xml[...]
        while let start = rest.firstRange(of: "<\(name)>") {
            rest = rest[start.upperBound...]
            guard let end = rest.firstRange(of: "</\(name)>") else { break }
            found.append(String(rest[..<end.lowerBound]))
            rest = rest[end.upperBound...]
        }
        return found
    }
}

extension Gatehouse {
    /// Whether a server uses a data folder at the moment.
    package static func isRunning(on dataFolder: String) -> Bool { StateFolder.isLocked(dataFolder) }

    /// Where it answers commands on its machine.
    package static func localEndpoint(of dataFolder: String) throws(OperatorClient.Refusal) -> String {
        guard let port = StateFolder.localPort(of: dataFolder) else {
            throw OperatorClient.Refusal(
                sentence: """
                    A server uses the folder \(StateFolder.absolute(dataFolder)), but has not said where it listens: try \
                    again in a moment, or say it with --endpoint.
                    """)
        }
        return "http://127.0.0.1:\(port)"
    }
}
