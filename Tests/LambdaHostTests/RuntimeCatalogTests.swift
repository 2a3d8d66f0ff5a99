import Testing

@testable import LambdaHost

@Suite("The choice of an interpreter")
struct RuntimeCatalogTests {
    private func interpreters(_ versions: [[Int]]) -> [RuntimeCatalog.Interpreter] {
        versions.map { RuntimeCatalog.Interpreter(path: "/x", version: $0, problem: nil) }
    }

    @Test(
        "is the wanted version, else the nearest newer one, else the newest",
        arguments: [
            ([3, 11], [[3, 9], [3, 11], [3, 13]], [3, 11]),
            ([3, 12], [[3, 9], [3, 11], [3, 13]], [3, 13]),
            ([3, 14], [[3, 9], [3, 11]], [3, 11]),
            ([22], [[18], [20]], [20]),
            ([18], [[20], [22]], [20]),
        ])
    func nearest(wanted: [Int], installed: [[Int]], used: [Int]) {
        #expect(RuntimeCatalog.nearest(wanted, interpreters(installed))?.version == used)
    }

    @Test("is none when none is installed")
    func none() {
        #expect(RuntimeCatalog.nearest([3, 12], []) == nil)
    }
}
