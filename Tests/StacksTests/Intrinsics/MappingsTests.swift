import Testing

@testable import Stacks

@Suite struct MappingsTests {
    private func problems(_ yaml: String) throws -> [String] {
        var problems = Problems(file: "t")
        let section = try YAMLTemplateReader.read(yaml, file: "t")?.map?.entries ?? []
        _ = Mappings(section, problems: &problems)
        return problems.list.map(\.path)
    }

    @Test(arguments: [
        ("M: x", ["Mappings.M"]), ("M: {k: x}", ["Mappings.M.k"]), ("M: {k: {a: {b: c}}}", ["Mappings.M.k.a"]),
        ("M: {k: {a: !Ref X}}", ["Mappings.M.k.a"]), ("M: {k: {a: [x, [y]]}}", ["Mappings.M.k.a"]),
        ("M: {k: {a: x, b: [1, true]}}", []),
    ])
    func whatIsNoMappingIsNamed(yaml: String, paths: [String]) throws {
        #expect(try problems(yaml) == paths)
    }

    @Test func keysHaveAQuota() throws {
        let keys = (0...200).map { "k\($0): {a: b}" }.joined(separator: ", ")
        #expect(try problems("M: {\(keys)}") == ["Mappings.M"])
    }
}
