import Testing

@testable import Stacks

@Suite struct DependencyOrderTests {
    private func edges(_ targets: [String: [String]]) -> [String: [DependencyOrder.Edge]] {
        targets.mapValues { $0.enumerated().map { DependencyOrder.Edge(target: $1, line: $0 + 1) } }
    }

    @Test func dependenciesComeFirstAndTheRestAsDeclared() throws {
        let order = try DependencyOrder.sort(
            ["a", "b", "c", "d"], edges: edges(["a": ["c"], "c": ["d"], "b": []]))
        #expect(order == ["d", "c", "a", "b"])
    }

    @Test func aDiamondIsNoCycle() throws {
        let order = try DependencyOrder.sort(
            ["a", "b", "c", "d"], edges: edges(["a": ["b", "c"], "b": ["d"], "c": ["d", "d"]]))
        #expect(order == ["d", "b", "c", "a"])
    }

    @Test func cyclesAreNamedWithoutTheWayToThem() {
        #expect {
            try DependencyOrder.sort(
                ["x", "a", "b"], edges: edges(["x": ["a"], "a": ["b"], "b": ["y", "a"], "y": []]))
        } throws: {
            let cycle = $0 as? DependencyOrder.Cycle
            return cycle?.logicalIds == ["a", "b"] && cycle?.line == 2
        }
    }

    @Test func aResourceThatNeedsItselfIsACycle() {
        #expect(throws: DependencyOrder.Cycle.self) { try DependencyOrder.sort(["a"], edges: edges(["a": ["a"]])) }
    }

    @Test func longChainsAreFine() throws {
        let names = (0..<20_000).map(String.init)
        let chain = Dictionary(uniqueKeysWithValues: zip(names, names.dropFirst().map { [$0] } + [[]]))
        #expect(try DependencyOrder.sort(names, edges: edges(chain)) == names.reversed())
    }
}
