import Foundation
import Synchronization
import Testing

@testable import FolderWatch

/// Every fact holds for both ways of finding changes.
@Suite struct FolderWatchTests {
    enum Kind: CaseIterable { case kernel, polling }

    /// A folder, and a watch on what is in it.
    private final class Scene: Sendable {
        let root: String
        private let watcher: any Watcher
        private let seen = Mutex<(paths: Set<String>, everything: Bool)>(([], false))

        init(_ kind: Kind) throws {
            let folder = FileManager.default.temporaryDirectory.path + "/folder-watch-\(UUID())"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            root = try #require(FolderWalk.resolved(folder))
            let walk = FolderWalk { name, parent in name == "ignored" || name == ".cache" && parent == "node_modules" }
            let box = Box()
            let onChange: @Sendable (FolderChanges) -> Void = { box.scene?.took($0) }
            #if os(Linux)
            let kernel = kind == .kernel ? InotifyWatcher(walk, onChange: onChange) : nil
            watcher = kernel ?? PollingWatcher(walk, onChange: onChange)
            #else
            watcher = PollingWatcher(walk, onChange: onChange)
            #endif
            box.scene = self
        }

        deinit {
            watcher.stop()
            try? FileManager.default.removeItem(atPath: root)
        }

        private final class Box: @unchecked Sendable {
            // Set before anything is watched.
            weak var scene: Scene?
        }

        private func took(_ changes: FolderChanges) {
            seen.withLock { seen in
                switch changes {
                case .paths(let paths): seen.paths.formUnion(paths)
                case .everything: seen.everything = true
                }
            }
        }

        func path(_ relative: String) -> String { root + "/" + relative }

        func write(_ text: String, to relative: String) throws {
            let folder = FolderWalk.parent(of: path(relative))
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try text.write(toFile: path(relative), atomically: false, encoding: .utf8)
        }

        func watch(_ folders: [String], files: [String] = []) {
            watcher.watch(WatchTargets(folders: Set(folders.map(path)), files: Set(files.map(path))))
        }

        /// Waits until the change was told.
        func tells(of relative: String) async -> Bool {
            for _ in 0..<500 {
                if seen.withLock({ $0.everything || $0.paths.contains(path(relative)) }) { return true }
                try? await Task.sleep(for: .milliseconds(10))
            }
            return false
        }

        var told: Set<String> { Set(seen.withLock(\.paths).map { String($0.dropFirst(root.count + 1)) }) }
        func forget() { seen.withLock { $0 = ([], false) } }
    }

    @Test(arguments: Kind.allCases) func anEditIsTold(_ kind: Kind) async throws {
        let scene = try Scene(kind)
        try scene.write("one", to: "src/lib/app.py")
        scene.watch(["src"])
        try scene.write("three", to: "src/lib/app.py")
        #expect(await scene.tells(of: "src/lib/app.py"))
    }

    @Test(arguments: Kind.allCases) func aFileInAFolderThatIsNewIsTold(_ kind: Kind) async throws {
        let scene = try Scene(kind)
        try scene.write("one", to: "src/app.py")
        scene.watch(["src"])
        try scene.write("new", to: "src/a/b/c.py")
        #expect(await scene.tells(of: "src/a/b/c.py"))
        scene.forget()
        try scene.write("newer", to: "src/a/b/c.py")
        #expect(await scene.tells(of: "src/a/b/c.py"))
    }

    @Test(arguments: Kind.allCases) func aFolderThatComesAgainWithItsParentIsTold(_ kind: Kind) async throws {
        let scene = try Scene(kind)
        try scene.write("one", to: "dist/deep/hello/app.py")
        scene.watch(["dist/deep/hello"])
        try FileManager.default.removeItem(atPath: scene.path("dist"))
        #expect(await scene.tells(of: kind == .kernel ? "dist/deep/hello" : "dist/deep/hello/app.py"))
        scene.forget()
        try scene.write("two!", to: "dist/deep/hello/app.py")
        #expect(await scene.tells(of: "dist/deep/hello/app.py"))
        scene.forget()
        try scene.write("three", to: "dist/deep/hello/app.py")
        #expect(await scene.tells(of: "dist/deep/hello/app.py"))
    }

    @Test(arguments: Kind.allCases) func whatALinkLeadsToIsTold(_ kind: Kind) async throws {
        let scene = try Scene(kind)
        try scene.write("one", to: "elsewhere/env.json")
        try FileManager.default.createSymbolicLink(
            atPath: scene.path("env.json"), withDestinationPath: scene.path("elsewhere/env.json"))
        scene.watch([], files: ["env.json"])
        try scene.write("two!", to: "elsewhere/env.json")
        #expect(await scene.tells(of: "env.json"))
    }

    @Test(arguments: Kind.allCases) func aFileThatIsRenamedOverAnotherIsTold(_ kind: Kind) async throws {
        let scene = try Scene(kind)
        try scene.write("one", to: "template.yaml")
        scene.watch([], files: ["template.yaml"])
        try scene.write("another", to: "new")
        #expect(rename(scene.path("new"), scene.path("template.yaml")) == 0)
        #expect(await scene.tells(of: "template.yaml"))
    }

    @Test(arguments: Kind.allCases) func onlyTheFileIsWatchedNotItsNeighbours(_ kind: Kind) async throws {
        let scene = try Scene(kind)
        try scene.write("one", to: "template.yaml")
        scene.watch([], files: ["template.yaml"])
        try scene.write("x", to: "other.yaml")
        try scene.write("two!", to: "template.yaml")
        #expect(await scene.tells(of: "template.yaml"))
        #expect(scene.told == ["template.yaml"])
    }

    @Test(arguments: Kind.allCases) func whatIsDeletedIsTold(_ kind: Kind) async throws {
        let scene = try Scene(kind)
        try scene.write("one", to: "src/app.py")
        scene.watch(["src"])
        #expect(unlink(scene.path("src/app.py")) == 0)
        #expect(await scene.tells(of: "src/app.py"))
    }

    @Test(arguments: Kind.allCases) func whatIsIgnoredIsNotTold(_ kind: Kind) async throws {
        let scene = try Scene(kind)
        try scene.write("one", to: "src/node_modules/a.js")
        scene.watch(["src"])
        try scene.write("x", to: "src/ignored/x")
        try scene.write("x", to: "src/node_modules/.cache/x")
        try scene.write("last", to: "src/last.py")
        #expect(await scene.tells(of: "src/last.py"))
        #expect(scene.told.allSatisfy { !$0.contains("ignored") && !$0.contains(".cache") })
    }

    @Test(arguments: Kind.allCases) func aFolderThatIsMadeAgainIsWatchedAgain(_ kind: Kind) async throws {
        let scene = try Scene(kind)
        try scene.write("one", to: "src/app.py")
        scene.watch(["src"])
        try FileManager.default.removeItem(atPath: scene.path("src"))
        #expect(await scene.tells(of: "src/app.py"))
        scene.forget()
        try scene.write("again", to: "src/app.py")
        #expect(await scene.tells(of: "src/app.py"))
        scene.forget()
        try scene.write("and again", to: "src/app.py")
        #expect(await scene.tells(of: "src/app.py"))
    }

    @Test(arguments: Kind.allCases) func whatALinkLeadsToIsWatched(_ kind: Kind) async throws {
        let scene = try Scene(kind)
        try scene.write("", to: "src/app.py")
        try scene.write("one", to: "shared/util.py")
        try scene.write("one", to: "common/deep/util.py")
        #expect(symlink("../shared/util.py", scene.path("src/util.py")) == 0)
        #expect(symlink("../common", scene.path("src/common")) == 0)
        #expect(symlink("..", scene.path("src/circle")) == 0)
        scene.watch(["src"])
        try scene.write("three", to: "shared/util.py")
        #expect(await scene.tells(of: "src/util.py"))
        try scene.write("three", to: "common/deep/util.py")
        #expect(await scene.tells(of: "src/common/deep/util.py"))
    }

    @Test(arguments: Kind.allCases) func whatIsWatchedNoMoreIsNotTold(_ kind: Kind) async throws {
        let scene = try Scene(kind)
        try scene.write("one", to: "old/app.py")
        try scene.write("one", to: "new/app.py")
        scene.watch(["old"])
        scene.watch(["new"])
        try scene.write("three", to: "old/app.py")
        try scene.write("three", to: "new/app.py")
        #expect(await scene.tells(of: "new/app.py"))
        #expect(!scene.told.contains("old/app.py"))
    }
}

@Suite struct FolderChangesTests {
    @Test func mergingKeepsAll() {
        #expect(FolderChanges.paths(["a"]).merged(with: .paths(["b"])) == .paths(["a", "b"]))
        #expect(FolderChanges.paths(["a"]).merged(with: .everything) == .everything)
    }

    @Test func changesWaitForTheirTaker() async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/folder-watch-\(UUID())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let watch = FolderWatch()
        watch.watch(folders: [folder])
        try "x".write(toFile: folder + "/a", atomically: false, encoding: .utf8)
        let changes = try #require(await watch.next())
        #expect(changes == .paths([folder + "/a"]))
    }

    @Test func aStopEndsTheWait() async {
        let watch = FolderWatch()
        async let changes = watch.next()
        watch.stop()
        #expect(await changes == nil)
    }
}
