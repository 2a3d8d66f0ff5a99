import Foundation
import GatewayModel
import Testing

@testable import Stacks

/// A function whose code has to be built first and was not.
@Suite struct UnbuiltCodeTests {
    private func problems(
        runtime: String, handler: String = "bootstrap", metadata: String = "", files: [String]
    ) -> [String] {
        let template = """
            Transform: AWS::Serverless-2016-10-31
            Resources:
              F:
                Type: AWS::Serverless::Function
                Metadata: {\(metadata)}
                Properties: {Runtime: \(runtime), Handler: \(handler), CodeUri: src}
              G:
                Type: AWS::Lambda::Function
                Metadata: {\(metadata)}
                Properties: {Role: r, Runtime: \(runtime), Handler: \(handler), Code: src}
            """
        let texts = Dictionary(uniqueKeysWithValues: files.map { ("/work/shop/src/\($0)", "") })
        return StacksTests.problems(
            of: template, files: MemoryFiles(texts: texts, folders: ["/work/shop/src": "digest"]))
    }

    private static let advice =
        "; the function is not built. Build it first: with `sam build`, and use .aws-sam/build/template.yaml"

    @Test(arguments: [
        ("provided.al2023", "bootstrap", "BuildMethod: rust-cargolambda", ["Cargo.toml", "src/main.rs"]),
        ("provided.al2", "bootstrap", "", ["main.go", "bin/bootstrap"]),
        ("nodejs22.x", "app.lambdaHandler", "BuildMethod: esbuild", ["app.ts", "package.json"]),
        ("nodejs22.x", "src/app.lambdaHandler", "BuildMethod: makefile", ["app.js"]),
        ("python3.12", "app.main.handler", "BuildMethod: makefile", ["main.py", "app/other.py"]),
    ])
    func isTold(runtime: String, handler: String, metadata: String, files: [String]) {
        let found = problems(runtime: runtime, handler: handler, metadata: metadata, files: files)
        #expect(found.count == 2)
        #expect(
            found.first?.hasPrefix("template.yaml:6: Resources.F.Properties: in /work/shop/src there is no ") == true)
        #expect(
            found.last?.hasPrefix("template.yaml:10: Resources.G.Properties: in /work/shop/src there is no ") == true)
        #expect(found.allSatisfy { $0.hasSuffix(Self.advice) })
    }

    @Test(arguments: [
        ("provided.al2023", "bootstrap", "BuildMethod: go1.x", ["bootstrap"]),
        ("nodejs22.x", "app.lambdaHandler", "BuildMethod: esbuild", ["app.mjs"]),
        ("nodejs22.x", "app.lambdaHandler", "", ["app.ts"]),
        ("python3.12", "app.main.handler", "BuildMethod: makefile", ["app/main/__init__.py"]),
        ("python3.12", "datadog.handler.handler", "", ["app.py"]),
    ])
    func builtCodeIsTaken(runtime: String, handler: String, metadata: String, files: [String]) {
        #expect(problems(runtime: runtime, handler: handler, metadata: metadata, files: files).isEmpty)
    }

    @Test func filesOfPackagesAreSeen() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/gatehouse-code-\(Identifiers.uuid())"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for (path, bytes) in [
            ("src/bootstrap", []), ("other/main.rs", []),
            ("code.zip", StoredZip.archive(file: "bootstrap", contents: [])),
        ] {
            let url = URL(filePath: "\(folder)/\(path)")
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: url)
        }
        let files = DiskFiles()
        #expect(files.holds("bootstrap", inCode: "\(folder)/src") == true)
        #expect(files.holds("bootstrap", inCode: "\(folder)/other") == false)
        #expect(files.holds("bootstrap", inCode: "\(folder)/code.zip") == true)
        #expect(files.holds("main.py", inCode: "\(folder)/code.zip") == false)
        #expect(files.holds("bootstrap", inCode: "\(folder)/nothing") == nil)
    }
}
