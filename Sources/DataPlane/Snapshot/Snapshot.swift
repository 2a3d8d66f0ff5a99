import GatewayModel
import HTTPFront

/// Everything that is served, immutable. Every event loop holds one reference and swaps it whole.
final class Snapshot: Sendable {
    /// Counts the swaps since start; test scripts wait on it.
    let generation: Int
    let stages: [V2.StageKey: CompiledStage]
    private let apis: [CompiledAPI]
    /// Open addressing by the hash of the id; positions in `apis`, or -1.
    private let table: [Int32]

    static let empty = Snapshot(generation: 0, stages: [:])

    init(generation: Int, stages: [V2.StageKey: CompiledStage]) {
        self.generation = generation
        self.stages = stages
        let groups = Dictionary(grouping: stages.values, by: \.key.apiId)
        let apis = groups.map { CompiledAPI(apiId: $0.key, stages: $0.value) }
        var size = 16
        while size < apis.count * 2 { size *= 2 }
        var table = [Int32](repeating: -1, count: size)
        for (index, api) in apis.enumerated() {
            var position = api.id.withUnsafeBytes { Int(Self.hash($0)) } & (size - 1)
            while table[position] >= 0 { position = (position + 1) & (size - 1) }
            table[position] = Int32(index)
        }
        self.apis = apis
        self.table = table
    }

    /// The API of that id, in whatever case a client wrote the host name.
    func api(_ id: UnsafeRawBufferPointer) -> CompiledAPI? {
        var position = Int(Self.hash(id)) & (table.count - 1)
        while table[position] >= 0 {
            let api = apis[Int(table[position])]
            if api.isNamed(id) { return api }
            position = (position + 1) & (table.count - 1)
        }
        return nil
    }

    private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        var hash: UInt32 = 2_166_136_261
        for byte in bytes { hash = (hash ^ UInt32(ASCII.lowercased(byte))) &* 16_777_619 }
        return hash ^ hash >> 15
    }
}

/// One API's stages, found by the first segment of a path.
final class CompiledAPI: Sendable {
    let id: [UInt8]
    let defaultStage: CompiledStage?
    private let named: [CompiledStage]

    init(apiId: String, stages: [CompiledStage]) {
        id = Array(apiId.utf8)
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
