import NIOCore

/// What becomes of the answer of an integration that is no proxy: of REST APIs a method's response, of WebSocket APIs a
/// frame, or the answer to a handshake.
protocol AnswerMapping: Sendable {
    func respond(_ x: Exchange, _ answer: IntegrationAnswer, by key: AnswerKey) throws(Refusal)
}

/// By what the response to an answer is chosen.
enum AnswerKey {
    case status(Int)
    /// Of a function: what it says of its failure; nil selects the default response.
    case function(error: String?)

    /// What patterns are matched with.
    var text: String? {
        switch self {
        case .status(let status): "\(status)"
        case .function(let error): error
        }
    }

    /// Of a function Lambda's own, whether it has failed or not.
    var status: Int {
        switch self {
        case .status(let status): status
        case .function: 200
        }
    }
}
