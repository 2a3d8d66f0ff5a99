import Foundation
import Testing

@testable import Stacks

@Suite struct TemplateSourceTests {
    private func message(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test func theFolderIsTheTemplatesOwn() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "stacks-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "template.yaml")
        try Data("a: 1".utf8).write(to: file)
        let source = try TemplateSource(path: "\(folder.path)/./x/../template.yaml")
        #expect(source.folder == folder.path)
        #expect(try source.root()["a"]?.text == "1")
    }

    @Test func whatIsNoFileIsNamed() {
        #expect(message { _ = try TemplateSource(path: "/nowhere/t.yaml") } == "/nowhere/t.yaml: There is no such file")
        #expect(
            message { _ = try TemplateSource(path: "/tmp") } == "/tmp: This is a folder; name the template in it")
        #expect(message { _ = try TemplateSource(path: "/dev/zero") } == "/dev/zero: This is not a regular file")
    }

    @Test func sizeHasAnEnd() {
        let large = TemplateSource(file: "t", folder: "/", bytes: Array(repeating: 0x20, count: 1_048_577))
        #expect(message { _ = try large.root() } == "t: The template is larger than 1048576 bytes")
    }

    @Test func aByteOrderMarkIsPassedOver() throws {
        let yaml = TemplateSource(file: "t", folder: "/", bytes: [0xEF, 0xBB, 0xBF] + Array("a: 1".utf8))
        #expect(try yaml.root()["a"]?.text == "1")
        let json = TemplateSource(file: "t", folder: "/", bytes: [0xEF, 0xBB, 0xBF] + Array(" {\"a\": 1}".utf8))
        #expect(try json.root()["a"]?.text == "1")
    }

    @Test(arguments: ["", "- a", "text"])
    func aTemplateIsAMap(text: String) {
        let source = TemplateSource(file: "t", folder: "/", bytes: Array(text.utf8))
        #expect(message { _ = try source.root() } == "t: A template is a map of sections")
    }

    @Test func bytesMustBeText() {
        let source = TemplateSource(file: "t", folder: "/", bytes: [0x61, 0xFF])
        #expect(message { _ = try source.root() } == "t: The template is not UTF-8")
    }
}
