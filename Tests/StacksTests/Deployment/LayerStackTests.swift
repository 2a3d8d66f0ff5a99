import ControlPlane
import Foundation
import GatewayModel
import JSON
import Testing

@testable import Stacks

/// Layers of templates, with content in a folder of this machine.
@Suite struct LayerStackTests {
    private let world: World

    init() throws { world = try World() }
    private let folder = FileManager.default.temporaryDirectory.path + "/layer-\(UUID())"

    /// The content is told by the text of its one file.
    private var files: DiskFiles {
        DiskFiles(codeDigest: { try? String(contentsOfFile: $0 + "/python/tool.py", encoding: .utf8) })
    }

    private func write(_ text: String) throws {
        try FileManager.default.createDirectory(atPath: folder + "/python", withIntermediateDirectories: true)
        try text.write(toFile: folder + "/python/tool.py", atomically: true, encoding: .utf8)
    }

    private func deploy(_ template: String) async throws {
        let plan = try StackPlan(source(template, files: files), account: AccountIdentity())
        _ = try await world.engine(code: FilesAsCode(files)).deploy(plan, over: try await world.record)
    }

    private func get(_ path: String) async -> JSONValue {
        let answer = await world.plane.respond(to: WireRequest(method: "GET", path: path))
        return (try? JSONValue(parsing: answer.body)) ?? .null
    }

    private func layersOfFunction() async throws -> [JSONValue?] {
        let name = try #require(try await world.record?.resource("Hello")?.physicalId)
        return await get("/2015-03-31/functions/\(name)/configuration")["Layers"]?.array?.map { $0["Arn"] } ?? []
    }

    private func arn(_ name: String, _ version: Int) -> JSONValue {
        .string("arn:aws:lambda:us-east-1:000000000000:layer:\(name):\(version)")
    }

    private func serverless(layer: String) -> String {
        """
        Transform: AWS::Serverless-2016-10-31
        Resources:
          Hello:
            Type: AWS::Serverless::Function
            Properties: {Runtime: python3.12, Handler: index.handler, InlineCode: x, Layers: [!Ref Tools]}
          Tools:
            Type: AWS::Serverless::LayerVersion
            Properties: {ContentUri: '\(folder)', \(layer)}
        Outputs:
          Tools: {Value: !GetAtt Tools.LayerVersionArn}
        """
    }

    @Test(arguments: ["Retain", "Delete"])
    func newContentIsANewVersion(retention: String) async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try write("1")
        let template = serverless(layer: "RetentionPolicy: \(retention)")
        try await deploy(template)
        #expect(try await layersOfFunction() == [arn("Tools", 1)])
        world.forgetCalls()
        try await deploy(template)
        #expect(world.changingCalls.isEmpty)
        try write("2")
        try await deploy(template)
        #expect(try await layersOfFunction() == [arn("Tools", 2)])
        let versions = await get("/2018-10-31/layers/Tools/versions")["LayerVersions"]?.array?.map { $0["Version"] }
        #expect(versions == (retention == "Retain" ? [2, 1] : [2]))
    }

    @Test func propertiesReachTheLayer() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try write("1")
        try await deploy(serverless(layer: "LayerName: mine, Description: d, CompatibleRuntimes: [python3.12]"))
        let version = await get("/2018-10-31/layers/mine/versions/1")
        #expect(version["Description"] == "d")
        #expect(version["CompatibleRuntimes"] == ["python3.12"])
        #expect(try await layersOfFunction() == [arn("mine", 1)])
    }

    @Test func plainTypesHaveContentBesideTheTemplate() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try write("1")
        let template = """
            Resources:
              Tools:
                Type: AWS::Lambda::LayerVersion
                Properties: {Content: '\(folder)', LayerName: tools}
              Anybody:
                Type: AWS::Lambda::LayerVersionPermission
                Properties: {Action: 'lambda:GetLayerVersion', LayerVersionArn: !Ref Tools, Principal: '*'}
            """
        try await deploy(template)
        let policy = await get("/2018-10-31/layers/tools/versions/1/policy")["Policy"]?.string
        #expect(policy?.contains(#""Principal":"*""#) == true)
        try write("2")
        try await deploy(template)
        #expect(try await world.record?.resource("Tools")?.physicalId == arn("tools", 2).string)
        #expect(await get("/2018-10-31/layers/tools/versions/2/policy")["Policy"]?.string != nil)
        #expect(await get("/2018-10-31/layers/tools/versions")["LayerVersions"]?.array?.count == 1)
    }

    @Test func aLayerIsBuiltFirst() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try write("1")
        let template = """
            Transform: AWS::Serverless-2016-10-31
            Resources:
              Tools:
                Type: AWS::Serverless::LayerVersion
                Metadata: {BuildMethod: python3.12}
                Properties: {ContentUri: '\(folder)'}
            """
        _ = try StackPlan(source(template), account: AccountIdentity())
        try "x".write(toFile: folder + "/requirements.txt", atomically: true, encoding: .utf8)
        let error = #expect(throws: TemplateError.self) { try StackPlan(source(template), account: AccountIdentity()) }
        #expect(error?.problems.first?.description.contains("still to be built") == true)
    }

    @Test func whatIsWrongIsToldWithItsLine() {
        let problems = { (properties: String) -> [String] in
            let template = """
                Transform: AWS::Serverless-2016-10-31
                Resources:
                  Tools:
                    Type: AWS::Serverless::LayerVersion
                    Properties: {\(properties)}
                """
            do throws(TemplateError) {
                _ = try StackPlan(source(template), account: AccountIdentity())
                return []
            } catch { return error.problems.map(\.description) }
        }
        #expect(problems("LayerName: a").first?.contains("needs the property ContentUri") == true)
        #expect(problems("ContentUri: ./none").first?.contains("/work/shop/none does not exist") == true)
        #expect(
            problems("ContentUri: ./none, RetentionPolicy: Keep").contains {
                $0.hasSuffix("'RetentionPolicy' must be one of the following options: ['Retain', 'Delete'].")
            })
    }
}
