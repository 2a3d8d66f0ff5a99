import Testing

@testable import HTTPFront

/// Two parsers that read one byte stream differently are how requests are smuggled past one of them. Whatever the front
/// accepts, llhttp accepts too and reads alike; the front may refuse more.
@Suite("The front beside llhttp")
struct DifferentialTests {
    private static let rounds = 1500

    @Test("what the front accepts, llhttp reads alike", arguments: Seeds.all)
    func readsAlike(seed: UInt64) {
        var generator = RequestGenerator(seed: seed)
        for round in 0..<Self.rounds {
            let bytes = generator.connection()
            for problem in compare(bytes).problems {
                Issue.record("\(problem) in round \(round) of seed \(seed): \(bytes.latin1.debugDescription)")
            }
        }
    }

    /// A generator that made only garbage would prove nothing.
    @Test("most of what is generated is accepted, and every allowed difference occurs")
    func isTelling() {
        var generator = RequestGenerator(seed: 0)
        var accepted = 0
        var compared = 0
        var differences: Set<AllowedDifference> = []
        for _ in 0..<Self.rounds {
            let comparison = compare(generator.connection())
            accepted += comparison.accepted
            compared += comparison.compared
            if let difference = comparison.difference { differences.insert(difference) }
        }
        #expect(accepted > Self.rounds)
        #expect(compared > accepted * 3 / 4)
        #expect(differences == Set(AllowedDifference.allCases))
    }

    private struct Comparison {
        var problems: [String] = []
        var accepted = 0
        var compared = 0
        var difference: AllowedDifference?
    }

    private func compare(_ bytes: [UInt8]) -> Comparison {
        let ours = FrontReader(bytes).requests
        let llhttp = LLHTTPReader(bytes)
        var comparison = Comparison()
        comparison.accepted = ours.count { $0.isComplete }
        for (position, our) in ours.enumerated() {
            comparison.difference = AllowedDifference.of(our)
            if comparison.difference != nil { break }
            guard position < llhttp.requests.count else {
                comparison.problems.append(
                    "llhttp refuses request \(position + 1) (\(llhttp.error.map { "\($0)" } ?? ""))")
                break
            }
            comparison.problems += differences(our, llhttp.requests[position])
            comparison.compared += 1
        }
        return comparison
    }

    private func differences(_ our: DecodedRequest, _ their: DecodedRequest) -> [String] {
        var problems: [String] = []
        func check(_ isAlike: Bool, _ what: String) { if !isAlike { problems.append("another \(what): \(their)") } }
        check(our.method == their.method, "method")
        check(our.uri == their.uri, "target")
        check(our.minorVersion == their.minorVersion, "version")
        check(our.fields == their.fields, "list of fields")
        check(!our.keepsAlive || their.keepsAlive, "end of the connection")
        // A body that the front refused half-way has been passed on that far.
        check(our.isComplete ? our.body == their.body : their.body.starts(with: our.body), "body")
        check(!our.isComplete || their.isComplete, "end of the request")
        return problems
    }
}
