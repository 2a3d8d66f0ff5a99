package import EntityStore
package import FunctionPackages

extension StoredCode {
    /// Paths from the folder: archives, from which the next start unpacks what is missing, and copies of local code.
    package static func paths(namedIn store: any EntityStore) async throws -> Set<String> {
        var paths: Set<String> = []
        for root in try await store.load([LambdaFunction.type]).roots {
            let function = try LambdaFunction(root)
            for codeSha256 in function.packagesInUse {
                paths.insert("\(function.name)/\(FunctionPackages.fileName(codeSha256)).zip")
            }
            for snapshot in function.snapshotsInUse.compactMap(\.snapshot) {
                paths.insert("\(CodeSnapshots.name)/\(snapshot)")
            }
        }
        return paths
    }
}
