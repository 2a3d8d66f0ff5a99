import Foundation
import GatewayModel
import JSON
import Testing

@testable import Stacks

/// The templates that the translator itself is tested with, those that have REST APIs.
///
/// `GATEHOUSE_TRANSLATOR_INPUTS` names a folder of them, copied from `tests/translator/input` of its repository, and what
/// `Goldens/generate.py FOLDER` has made of them.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["GATEHOUSE_TRANSLATOR_INPUTS"] != nil))
struct TranslatorInputsTests {
    private static let folder = URL(
        filePath: ProcessInfo.processInfo.environment["GATEHOUSE_TRANSLATOR_INPUTS"] ?? "/nowhere")

    /// Names of templates: those that the translator takes have a JSON document beside them.
    private static func names(taken: Bool) throws -> [String] {
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        return files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
            .filter { files.contains("\($0).json") == taken }
    }

    /// Templates of which everything becomes what the translator makes of it, apart from code.
    @Test func wholeTemplatesAreWhatTheTranslatorMakes() throws {
        var whole: [String] = []
        var others: [String] = []
        let names = try Self.names(taken: true)
        for name in names {
            guard let found = try? GoldenTests.comparison(of: name, in: Self.folder) else { continue }
            if let problem = found.problems.first(where: { !Self.isOfCode($0) }) {
                others.append("\(name): \(problem.message)")
                continue
            }
            let different = found.made.first { resource in
                guard !["AWS::Lambda::Function", "AWS::Lambda::LayerVersion"].contains(resource.type) else {
                    return false
                }
                let properties = TemplateValue.map(resource.properties, line: 1).json.sorted
                let id = GoldenTests.withoutDigests(resource.logicalId)
                return GoldenTests.withoutDigests(properties) != found.goldenProperties[id]
            }
            let hasAll =
                found.made.map { GoldenTests.withoutDigests($0.logicalId) }.sorted()
                == found.golden.resources.map { GoldenTests.withoutDigests($0.logicalId) }.sorted()
            if let different {
                let properties = TemplateValue.map(different.properties, line: 1).json.sorted
                let golden = found.goldenProperties[GoldenTests.withoutDigests(different.logicalId)]
                others.append("\(name): \(different.logicalId):\n\(properties.text)\n\(golden?.text ?? "-")")
            } else if hasAll {
                whole.append(name)
            } else {
                others.append("\(name): other logical ids")
            }
        }
        print("\(whole.count) of \(names.count) templates are whole:\n\(whole.joined(separator: " "))\nnot:")
        print(others.joined(separator: "\n"))
        #expect(!whole.isEmpty)
    }

    /// Their code is in S3, or is not there; they do not name the transform that they are for.
    private static func isOfCode(_ problem: TemplateProblem) -> Bool {
        ["CodeUri", "in ", "Code "].contains { problem.message.hasPrefix($0) }
            || problem.message.contains("needs `Transform")
    }

    @Test func restApisAreWhatTheTranslatorMakes() throws {
        var same = 0
        var outOfReach: [String] = []
        for name in try Self.names(taken: true) {
            guard let found = try? GoldenTests.comparison(of: name, in: Self.folder) else {
                outOfReach.append("\(name) (not read)")
                continue
            }
            let problems = found.problems.filter { !Self.isOfCode($0) }
            if let problem = problems.first(where: {
                $0.message.contains("not supported") || $0.message.contains("local")
            }) {
                outOfReach.append("\(name) (\(problem.message))")
                continue
            }
            #expect(problems.isEmpty, "\(name)")
            let made = found.made.filter { $0.type.hasPrefix("AWS::ApiGateway::") || $0.type.hasSuffix("::Permission") }
            for resource in made {
                let id = GoldenTests.withoutDigests(resource.logicalId)
                let properties = GoldenTests.withoutDigests(TemplateValue.map(resource.properties, line: 1).json.sorted)
                let golden = found.goldenProperties[id]
                #expect(properties == golden, "\(name): \(id)\n\(properties.text)\n\(golden?.text ?? "-")")
                if properties == golden { same += 1 }
            }
            let expected = found.golden.resources.filter {
                $0.type.hasPrefix("AWS::ApiGateway::") || $0.type.hasSuffix("::Permission")
            }
            #expect(
                made.map { GoldenTests.withoutDigests($0.logicalId) }.sorted()
                    == expected.map { GoldenTests.withoutDigests($0.logicalId) }.sorted(), "\(name)")
        }
        print("\(same) resources are the same; not in reach:\n\(outOfReach.joined(separator: "\n"))")
        #expect(same > 0)
    }

    @Test func whatTheTranslatorRefusesIsRefused() throws {
        for name in try Self.names(taken: false) {
            do throws(TemplateError) {
                _ = try StackPlan(
                    TemplateSource(path: Self.folder.appending(path: "\(name).yaml").path), account: AccountIdentity())
                Issue.record("\(name) is taken")
            } catch {
                #expect(error.problems.contains { !Self.isOfCode($0) }, "\(name)")
            }
        }
    }
}
