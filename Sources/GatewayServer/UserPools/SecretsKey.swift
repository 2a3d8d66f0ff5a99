import ControlPlane
import EntityStore
import SQLiteStore
import Sealing
import Stacks

/// The key of a data folder's secrets.
enum SecretsKey {
    /// Opens it, and makes it for a folder in which nothing is sealed yet. A key that is gone stops the start: with
    /// another one nobody could open what is there, and new secrets beside it would hide that.
    static func open(in folder: StateFolder) async throws -> SealingKey {
        guard let path = folder.sealingKey else { return SealingKey() }
        if !SealingKey.isThere(path), let database = try await sealed(in: folder) {
            throw StartError(
                """
                The key file \(path) is gone, and \(database) holds secrets that were sealed with it: nobody can open \
                them without it. Put the file back, from a backup of this folder or from where the folder was copied \
                from (it belongs beside its databases). To give these secrets up, and all that is in the file, move \
                \(database) away.
                """)
        }
        return try SealingKey(file: path)
    }

    /// A database that holds something sealed.
    private static func sealed(in folder: StateFolder) async throws -> String? {
        if let path = folder.userPools, try await !entities(of: ["userpool"], in: path).isEmpty { return path }
        guard let path = folder.database else { return nil }
        if try await entities(of: ControlPlane.sealedTypes, in: path).contains(where: ControlPlane.isSealed) {
            return path
        }
        return try await entities(of: StackStore.types, in: path).contains(where: StackStore.isSealed) ? path : nil
    }

    private static func entities(of types: [String], in path: String) async throws -> [Entity] {
        guard SealingKey.isThere(path) else { return [] }
        let store = try SQLiteCopy.naming(path) { try SQLiteStore(path: path) }
        defer { store.close() }
        return try await store.load(types).roots.flatMap(\.entities)
    }
}
