import ControlPlane
import Crypto
import GatewayModel
import JSON
import Stacks

/// Gatehouse's own endpoints for stacks, which `gatehouse deploy`, `diff` and `delete` speak to:
///
///     PUT    /_gatehouse/assets/SHA256             a package of code
///     GET    /_gatehouse/assets/SHA256             200 when it is there
///     POST   /_gatehouse/stacks/NAME               deploys (SentTemplate); the answer comes as it begins
///     POST   /_gatehouse/stacks/NAME/diff          what that would change
///     DELETE /_gatehouse/stacks/NAME               deletes; the answer comes as it begins
///     GET    /_gatehouse/stacks                    all stacks
///     GET    /_gatehouse/stacks/NAME               one with its template, parameters, resources and outputs
///     GET    /_gatehouse/stacks/NAME/events?after=N  what happened; waits a while for the first, tells the outcome
struct StackEndpoints: Sendable {
    let stacks: StackService
    let account: AccountIdentity

    /// nil when the request is none of ours.
    func respond(to request: WireRequest) async -> WireResponse? {
        let parts = request.path.split(separator: "/").compactMap { PercentEncoding.decode($0) }
        guard parts.count >= 2, parts[0] == "_gatehouse" else { return nil }
        switch (request.method, parts[1], parts.count) {
        case ("PUT", "assets", 3): return keepAsset(parts[2], request.body)
        case ("GET", "assets", 3): return hasAsset(parts[2])
        case ("GET", "stacks", 2): return answer(200, ["stacks": .array(await stacks.all.map { .object($0.summary) })])
        case ("GET", "stacks", 3): return await show(parts[2])
        case ("POST", "stacks", 3): return await deploy(parts[2], request.body)
        case ("DELETE", "stacks", 3): return await delete(parts[2])
        case ("POST", "stacks", 4) where parts[3] == "diff": return await diff(parts[2], request.body)
        case ("GET", "stacks", 4) where parts[3] == "events": return await events(parts[2], request.query)
        case (_, "assets", _), (_, "stacks", _):
            return refuse(404, "Gatehouse has no \(request.method) \(request.path).")
        default: return nil
        }
    }

    /// A name that is none is refused whatever there is: the answer must not tell of other files.
    private func hasAsset(_ digest: String) -> WireResponse {
        guard AssetFolder.isName(digest) else { return refuse(400, "A package is named by its SHA-256.") }
        return answer(stacks.assets.contains(digest) ? 200 : 404, [:])
    }

    private func keepAsset(_ digest: String, _ bytes: [UInt8]) -> WireResponse {
        guard AssetFolder.isName(digest), bytes.count <= StackLimits.assetBytes else {
            return refuse(400, "A package is named by its SHA-256 and has at most \(StackLimits.assetBytes) bytes.")
        }
        let actual = Hexadecimal.encode(SHA256.hash(data: bytes))
        guard actual == digest else { return refuse(400, "The SHA-256 of the package is \(actual).") }
        do { try stacks.assets.keep(bytes, as: digest) } catch {
            return refuse(500, "The package could not be kept: \(SystemReason.text(error))")
        }
        return answer(201, [:])
    }

    private func show(_ name: String) async -> WireResponse {
        guard let record = await stacks.record(name) else { return missing(name) }
        return answer(200, record.details)
    }

    private func deploy(_ name: String, _ body: [UInt8]) async -> WireResponse {
        let sent: SentTemplate
        do { sent = try await read(body, name) } catch { return refuse(error) }
        return await begin(name) { stacks in
            do throws(StackFailure) {
                return try await stacks.deploy(sent.plan, template: sent.text, code: sent.code).outcome
            } catch {
                return error.outcome
            }
        }
    }

    private func delete(_ name: String) async -> WireResponse {
        guard await stacks.record(name) != nil else { return missing(name) }
        return await begin(name) { stacks in
            do throws(StackFailure) {
                try await stacks.delete(name)
                return ["status": "DELETE_COMPLETE"]
            } catch {
                return error.outcome
            }
        }
    }

    /// Starts the operation; the caller follows its events.
    private func begin(
        _ name: String, _ operation: @escaping @Sendable (StackService) async -> JSONValue
    ) async -> WireResponse {
        guard let first = stacks.log.begin(name) else {
            return refuse(409, "Stack [\(name)] has an operation in progress; wait until it is over.")
        }
        let stacks = stacks
        Task { stacks.log.finish(name, await operation(stacks)) }
        return answer(202, ["after": .number(first)])
    }

    private func diff(_ name: String, _ body: [UInt8]) async -> WireResponse {
        do {
            let sent = try await read(body, name)
            let changes = try await stacks.changes(sent.plan, code: sent.code)
            return answer(200, ["changes": .array(changes.map(\.json))])
        } catch {
            return refuse(error)
        }
    }

    private func events(_ name: String, _ query: String) async -> WireResponse {
        let after = PercentEncoding.query(query)?.first { $0.name == "after" }.flatMap { Int($0.value) } ?? 0
        guard let found = await stacks.log.events(of: name, from: after) else { return missing(name) }
        var body: JSONObject = ["events": .array(found.events.map(\.json)), "after": .number(found.next)]
        body["outcome"] = found.outcome
        return answer(200, body)
    }

    private func read(_ body: [UInt8], _ name: String) async throws -> SentTemplate {
        try await SentTemplate(body, stackName: name, account: account, assets: stacks.assets, stacks.management)
    }

    private func missing(_ name: String) -> WireResponse { refuse(404, ServiceError.noStackWithId(name).message) }

    private func refuse(_ error: any Error) -> WireResponse {
        switch error {
        case let error as TemplateError:
            answer(400, ["problems": .array(error.problems.map { .string($0.description) })])
        case let error as SentTemplate.Malformed: refuse(400, error.message)
        default: refuse(500, "\(error)")
        }
    }

    private func refuse(_ status: Int, _ message: String) -> WireResponse {
        answer(status, ["problems": [.string(message)]])
    }

    private func answer(_ status: Int, _ body: JSONObject) -> WireResponse {
        WireResponse(
            status: status, headers: [("content-type", "application/json")], body: JSONValue.object(body).bytes)
    }
}
