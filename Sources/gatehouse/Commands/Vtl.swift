import ArgumentParser
import FoundationEssentials
import GatewayServer
import JSON
import Velocity

/// Mapping templates tried out, without an API.
struct Vtl: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Try mapping templates out, by the engine that serves them.",
        subcommands: [VtlEval.self, VtlTest.self])
}

/// One template with one request.
struct VtlEval: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eval", abstract: "Render a template.",
        discussion: """
            A request is written down as JSON, every member as needed:

                {"body": …, "params": {"path": {}, "querystring": {}, "header": {}},
                 "stageVariables": {}, "context": {"stage": "prod", "identity": {"sourceIp": "127.0.0.1"}}}
            """)

    @Argument(help: "The file of the template.") var template: String?

    @Option(help: "A file with the request.") var request: String?

    @Option(help: "The request's body, instead of the file's.") var body: String?

    @Option(help: "The members of $context as JSON, instead of the file's.") var context: String?

    @Flag(help: "Tell which branches ran, and what had no value.") var trace = false

    @Flag(help: "Read lines of {\"template\", \"request\"} and answer each with one of {\"output\"} or {\"error\"}.")
    var lines = false

    mutating func validate() throws {
        guard (template == nil) == lines else {
            throw ValidationError("Name the file of a template, or give lines with --lines.")
        }
    }

    mutating func run() throws {
        guard let template else { return answerLines() }
        let evaluation = TemplateEvaluation(try TextFile.read(template), for: try written())
        print(evaluation.output)
        for error in evaluation.invalidPaths where error != evaluation.error {
            Console.warn("\(template):\(error.line):\(error.column): \(error.message)")
        }
        if trace { for event in evaluation.trace { Console.warn("\(template):\(event)") } }
        if let error = evaluation.error {
            Console.warn("\(template):\(error.line):\(error.column): \(error.message)")
            throw ExitCode(1)
        }
    }

    /// For programs that try many: one process, one line each.
    private func answerLines() {
        while let line = readLine() {
            var answer: JSONObject = [:]
            do {
                let task = try JSONValue(parsing: Array(line.utf8))
                let request = try TemplateRequest(task["request"] ?? [:])
                let evaluation = TemplateEvaluation(task["template"]?.string ?? "", for: request)
                if let error = evaluation.error {
                    answer["error"] = .string("\(error)")
                } else {
                    answer["output"] = .string(evaluation.output)
                }
            } catch {
                answer["error"] = .string("\(error)")
            }
            print(JSONValue.object(answer).text)
        }
    }

    private func written() throws -> TemplateRequest {
        var members = try request.map { try TextFile.object($0) } ?? [:]
        if let body { members["body"] = .string(body) }
        if let context {
            guard let value = try? JSONValue(parsing: Array(context.utf8)) else {
                throw ValidationError("--context is no JSON.")
            }
            members["context"] = value
        }
        do throws(TemplateRequestError) { return try TemplateRequest(.object(members)) } catch {
            throw ValidationError("\(request ?? "The request"): \(error).")
        }
    }
}

/// A folder of templates with what they must render.
struct VtlTest: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Render the templates of a folder and compare.",
        discussion: "For each NAME.vtl, NAME.json is its request, if it is there, and NAME.out what it must render.")

    @Argument(help: "The folder.") var folder: String

    mutating func run() throws {
        let names = try TextFile.list(folder).filter { $0.hasSuffix(".vtl") }.map { String($0.dropLast(4)) }.sorted()
        guard !names.isEmpty else { throw ValidationError("There is no .vtl file in \(folder).") }
        var failed = 0
        for name in names {
            guard let problem = try Self.problem(folder + "/" + name) else { continue }
            failed += 1
            Console.warn("\(name): \(problem)")
        }
        print("\(names.count - failed) of \(names.count) templates render what they must.")
        if failed > 0 { throw ExitCode(1) }
    }

    private static func problem(_ path: String) throws -> String? {
        let written = TextFile.isThere(path + ".json") ? try TextFile.object(path + ".json") : [:]
        let request: TemplateRequest
        do throws(TemplateRequestError) { request = try TemplateRequest(.object(written)) } catch {
            return "its request cannot be read: \(error)"
        }
        let evaluation = TemplateEvaluation(try TextFile.read(path + ".vtl"), for: request)
        if let error = evaluation.error { return "\(error)" }
        let expected = try TextFile.read(path + ".out")
        guard evaluation.output != expected else { return nil }
        let (lines, wanted) = (
            evaluation.output.split(separator: "\n", omittingEmptySubsequences: false),
            expected.split(separator: "\n", omittingEmptySubsequences: false)
        )
        let line =
            zip(lines, wanted).enumerated().first { $0.element.0 != $0.element.1 }?.offset
            ?? min(lines.count, wanted.count)
        let (seen, must) = (line < lines.count ? lines[line] : "", line < wanted.count ? wanted[line] : "")
        return "line \(line + 1) is\n  \(seen)\nand must be\n  \(must)"
    }
}

/// Files that a command line names.
private enum TextFile {
    static func isThere(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    static func list(_ folder: String) throws -> [String] {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            throw ValidationError("The folder \(folder) cannot be read.")
        }
        return names
    }

    static func read(_ path: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ValidationError("The file \(path) cannot be read.")
        }
        return String(decoding: data, as: UTF8.self)
    }

    static func object(_ path: String) throws -> JSONObject {
        do {
            guard case .object(let object) = try JSONValue(parsing: Array(try read(path).utf8)) else {
                throw ValidationError("\(path) is no JSON object.")
            }
            return object
        } catch let error as JSONError {
            throw ValidationError("\(path) is no JSON: \(error).")
        }
    }
}
