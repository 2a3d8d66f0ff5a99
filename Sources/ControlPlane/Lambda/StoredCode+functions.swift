package import EntityStore
package import FunctionPackages

extension StoredCode {
    /// Paths from the folder: archives, from which the next start unpacks what is missing, and copies of local code.
    package static func paths(namedIn store: any EntityStore) async throws -> Set<String> {
        var paths: Set<String> = []
        for root in try await store.load([LambdaFunction.type, LambdaLayer.type]).roots {
            let (home, packages, snapshots): (String, Set<String>, [FunctionPackage])
            if root.id.type == LambdaLayer.type {
                let layer = try LambdaLayer(root)
                (home, packages, snapshots) = (layer.home, layer.packagesInUse, layer.snapshotsInUse)
            } else {
                let function = try LambdaFunction(root)
                (home, packages, snapshots) = (function.name, function.packagesInUse, function.snapshotsInUse)
            }
            for codeSha256 in packages { paths.insert("\(home)/\(FunctionPackages.fileName(codeSha256)).zip") }
            for snapshot in snapshots.compactMap(\.snapshot) { paths.insert("\(CodeSnapshots.name)/\(snapshot)") }
        }
        return paths
    }
}
