import GatewayModel
import HashTreeCollections

/// The routes of a stage, compiled, and what leads from an integration or a function to them.
///
/// The next version of the stage begins with a copy and compiles only routes of which something has changed: the route
/// itself, its integration, or the function behind it.
struct RouteSet: Sendable {
    private(set) var router = Router()
    private(set) var table = RouteTable()

    // What it was made from.
    private var routes: PartList<V2.Route> = []
    private var integrations: PartList<V2.Integration> = []
    private var authorizers: PartList<V2.Authorizer> = []
    private var functionAuthorizers = RouteAuthorizers.none
    private var functionVersion: UInt64?

    private var parts = IntegrationParts()
    /// By the id of an integration, be it there or not, the positions of the routes that name it.
    private var callers: TreeDictionary<String, TreeSet<Int>> = [:]

    mutating func update(to content: V2.DeploymentContent, _ compiler: RouteCompiler) throws(CompileError) {
        // Before the functions are looked up: a change that comes meanwhile has the next version look again.
        let version = compiler.functions.version
        var outdated = Set(content.routes.differences(from: routes))
        for position in content.integrations.differences(from: integrations) {
            for integration in [integrations[at: position], content.integrations[at: position]] {
                guard let id = integration?.integrationId else { continue }
                parts.forget(id)
                outdated.formUnion(callers[id] ?? [])
            }
        }
        let hasOthers = content.authorizers != authorizers
        let known = functionAuthorizers
        if hasOthers || version != functionVersion {
            functionAuthorizers = compiler.functionAuthorizers()
        }
        if hasOthers || !functionAuthorizers.isSame(as: known) {
            // There are few, and they change rarely: all routes that have one are made again.
            for position in 0..<content.routes.end where content.routes[at: position]?.authorizerId != nil {
                outdated.insert(position)
            }
        }
        routes = content.routes
        integrations = content.integrations
        authorizers = content.authorizers
        if version != functionVersion {
            functionVersion = version
            for (id, known) in parts.functions {
                guard let integration = integrations[id] else { continue }
                let function = compiler.resolve(integration)
                guard !function.isSame(as: known) else { continue }
                parts.functions[id] = function
                outdated.formUnion(callers[id] ?? [])
            }
        }
        // First out, then in: a key may have gone from one route to another.
        for position in outdated { remove(position) }
        for position in outdated.sorted() {
            guard let route = routes[at: position] else { continue }
            try put(route, position, compiler)
        }
        if router.removed > max(table.count, Self.removedRoutes) { rebuildRouter() }
    }

    /// A router may carry what once led to so many routes.
    private static let removedRoutes = 256

    private mutating func remove(_ position: Int) {
        guard let route = table[position] else { return }
        router.remove(route.key, position)
        table[position] = nil
        guard let id = route.integrationId else { return }
        callers[id]?.remove(position)
        if callers[id]?.isEmpty == true { callers[id] = nil }
    }

    private mutating func put(
        _ route: V2.Route, _ position: Int, _ compiler: RouteCompiler
    ) throws(CompileError) {
        let integration = route.integrationId.flatMap { integrations[$0] }
        let compiled = try compiler.compile(route, integration, functionAuthorizers, &parts)
        table[position] = compiled
        router.add(compiled.key, position)
        if let id = route.integrationId { callers[String(id), default: []].insert(position) }
    }

    private mutating func rebuildRouter() {
        router = Router()
        for position in 0..<routes.end {
            if let route = table[position] { router.add(route.key, position) }
        }
    }
}

/// What the routes of one integration share, by its id.
struct IntegrationParts: Sendable {
    var functions: TreeDictionary<String, ResolvedFunction> = [:]
    var http: TreeDictionary<String, HTTPIntegration> = [:]

    mutating func forget(_ integrationId: String) {
        functions[integrationId] = nil
        http[integrationId] = nil
    }
}

/// Routes by their position, in pieces that the versions of a stage share.
struct RouteTable: Sendable, Sequence {
    private var pieces: [ContiguousArray<CompiledRoute?>] = []
    private(set) var count = 0

    private static let pieceLength = 64

    subscript(position: Int) -> CompiledRoute? {
        get {
            let piece = position / Self.pieceLength
            return piece < pieces.count ? pieces[piece][position % Self.pieceLength] : nil
        }
        set {
            let piece = position / Self.pieceLength
            while pieces.count <= piece { pieces.append(ContiguousArray(repeating: nil, count: Self.pieceLength)) }
            let hadRoute = pieces[piece][position % Self.pieceLength] != nil
            pieces[piece][position % Self.pieceLength] = newValue
            count += (newValue == nil ? 0 : 1) - (hadRoute ? 1 : 0)
        }
    }

    func makeIterator() -> some IteratorProtocol<CompiledRoute> {
        pieces.lazy.joined().compactMap(\.self).makeIterator()
    }
}
