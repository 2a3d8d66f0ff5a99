import Callers
import GatewayModel
import HTTPFront

/// Everything that is served, immutable. Every event loop holds one reference and swaps it whole.
///
/// APIs lie in 256 shards by the hash of their id. Another snapshot shares all shards but those of the APIs that
/// changed, so making one costs the same whatever else is served.
final class Snapshot: Sendable {
    /// Counts the swaps since start; test scripts wait on it.
    let generation: Int
    private let shards: [Shard]
    let keys: KeyDirectory
    /// Who may sign.
    let callers: CallerDirectory

    private static let shardCount = 256

    /// Nothing is served. Each time another object, so that one which has been replaced can go.
    static var empty: Snapshot {
        Snapshot(
            generation: 0, shards: Array(repeating: Shard(), count: shardCount), keys: .empty,
            callers: .nobody)
    }

    private init(generation: Int, shards: [Shard], keys: KeyDirectory, callers: CallerDirectory) {
        self.generation = generation
        self.shards = shards
        self.keys = keys
        self.callers = callers
    }

    /// The API of that id, in whatever case a client wrote the host name.
    func api(_ id: UnsafeRawBufferPointer) -> CompiledAPI? {
        let hash = Self.hash(id)
        return shards[Self.shard(hash)].api(id, hash)
    }

    func stage(_ key: StageKey) -> CompiledStage? {
        api(named: key.apiId)?.stages.first { $0.key == key }
    }

    var stages: [CompiledStage] { shards.flatMap { $0.apis.flatMap(\.stages) } }

    /// The next snapshot: `changed` instead of what serves these stages, and none of `removed`.
    func next(_ changed: [CompiledStage], removing removed: [StageKey]) -> Snapshot {
        var stages: [String: [CompiledStage]] = [:]
        for key in changed.map(\.key) + removed {
            let known = stages[key.apiId] ?? api(named: key.apiId)?.stages ?? []
            stages[key.apiId] = known.filter { $0.key != key }
        }
        for stage in changed { stages[stage.key.apiId]?.append(stage) }
        var shards = shards
        for (index, apis) in Dictionary(grouping: stages, by: { Self.shard(Self.hash($0.key)) }) {
            shards[index] = shards[index].replacing(apis.map { CompiledAPI(apiId: $0.key, stages: $0.value) })
        }
        return Snapshot(generation: generation + 1, shards: shards, keys: keys, callers: callers)
    }

    /// The next snapshot, with other keys.
    func next(_ keys: KeyDirectory) -> Snapshot {
        Snapshot(generation: generation + 1, shards: shards, keys: keys, callers: callers)
    }

    /// The next snapshot, with other callers.
    func next(_ callers: CallerDirectory) -> Snapshot {
        Snapshot(generation: generation + 1, shards: shards, keys: keys, callers: callers)
    }

    private func api(named id: String) -> CompiledAPI? {
        var id = id
        return id.withUTF8 { api(UnsafeRawBufferPointer($0)) }
    }

    private static func shard(_ hash: UInt32) -> Int { Int(hash % UInt32(shardCount)) }

    private static func hash(_ id: String) -> UInt32 {
        var id = id
        return id.withUTF8 { hash(UnsafeRawBufferPointer($0)) }
    }

    private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        var hash: UInt32 = 2_166_136_261
        for byte in bytes { hash = (hash ^ UInt32(ASCII.lowercased(byte))) &* 16_777_619 }
        return hash ^ hash >> 15
    }

    /// A few APIs, one beside the other.
    private struct Shard: Sendable {
        /// Of the ids of `apis`.
        private(set) var hashes: [UInt32] = []
        private(set) var apis: [CompiledAPI] = []

        func api(_ id: UnsafeRawBufferPointer, _ hash: UInt32) -> CompiledAPI? {
            for index in hashes.indices where hashes[index] == hash && apis[index].isNamed(id) { return apis[index] }
            return nil
        }

        /// With the APIs in place of those of the same ids; one without stages is not kept.
        func replacing(_ changed: [CompiledAPI]) -> Shard {
            var shard = Shard()
            for api in apis where !changed.contains(where: { $0.id == api.id }) { shard.append(api) }
            for api in changed where !api.stages.isEmpty { shard.append(api) }
            return shard
        }

        private mutating func append(_ api: CompiledAPI) {
            hashes.append(api.id.withUnsafeBytes { Snapshot.hash($0) })
            apis.append(api)
        }
    }
}

/// One API's stages, found by the first segment of a path.
final class CompiledAPI: Sendable {
    let id: [UInt8]
    let stages: [CompiledStage]
    let defaultStage: CompiledStage?
    let kind: APIKind
    private let named: [CompiledStage]

    init(apiId: String, stages: [CompiledStage]) {
        id = Array(apiId.utf8)
        self.stages = stages
        kind = stages.first?.apiKind ?? .http
        defaultStage = stages.first { $0.isDefault }
        named = stages.filter { !$0.isDefault }
    }

    func isNamed(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count == id.count else { return false }
        for position in 0..<id.count where ASCII.lowercased(bytes[position]) != id[position] { return false }
        return true
    }

    func stage(_ segment: UnsafeRawBufferPointer) -> CompiledStage? {
        for stage in named where stage.name.count == segment.count && stage.name.elementsEqual(segment) { return stage }
        return nil
    }
}
