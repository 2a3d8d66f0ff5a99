@testable import DataPlane

/// What tests look at of a stage of an HTTP API.
extension CompiledStage {
    var router: Router { http?.router ?? Router() }
    var routes: RouteTable { http?.routes ?? RouteTable() }
}
