import ControlPlane
import GatewayModel
import JSON
import Stacks

/// What a failed operation has left standing.
extension StackService {
    /// Resources of which it could not be taken back what was done to them.
    func unfinished(_ record: StackRecord) async throws(ServiceError) -> Set<String> {
        Set(try await stepsLeft(of: record).map(\.logicalId))
    }

    func stepsLeft(of record: StackRecord) async throws(ServiceError) -> [StackStep] {
        do throws(StackFailure) { return try await steps(of: record.name) } catch {
            throw .internalFailure("\(error.error)")
        }
    }

    /// Takes back what a failed operation has left standing: all but the steps of `skipped` resources.
    func rollBack(
        _ record: StackRecord, skipping skipped: Set<String>, _ kind: StackOperation.Kind,
        _ management: any Management, token: String?
    ) async throws(ServiceError) {
        guard !busy.contains(record.name) else { throw .cannotUpdate(record) }
        let left = try await stepsLeft(of: record).filter { !skipped.contains($0.logicalId) }
        let isNew = record.status == .createFailed || record.status == .rollbackFailed || record.neverStood == true
        // As what was under way, so that it is taken back whenever the server ends.
        var standing = record
        standing.status = isNew ? .rollbackInProgress : .updateRollbackInProgress
        standing.statusReason = "User Initiated"
        var settings = record.settings ?? StackSettings()
        settings.token = token
        standing.pending = StackOperation(
            kind: kind, template: record.template, settings: settings, isRepeatable: true)
        guard busy.insert(record.name).inserted else { throw .cannotUpdate(record) }
        do { try await journal.save(standing, steps: left) } catch {
            end(record.name)
            throw .unwritten("The operation", error)
        }
        records[record.name] = standing
        _ = log.begin(record.name)
        let engine = engine(of: record, kind, token, management)
        await outdateChangeSets(of: record, executing: nil)
        Task { [standing] in await takeBack(standing, left, engine, because: nil, keepsName: true) }
    }

    /// To its end, whatever that is.
    func takeBack(
        _ record: StackRecord, _ steps: [StackStep], _ engine: StackEngine, because reason: String?, keepsName: Bool
    ) async {
        do throws(StackFailure) {
            let after = try await engine.takeBack(
                record, steps: steps, account: account, because: reason ?? "User Initiated", keepsName: keepsName)
            await finished(record, after, ["status": .string(after?.status.rawValue ?? "")])
        } catch {
            await finished(record, error.record ?? record, error.outcome)
        }
    }

    /// Has what is under way go no further. It is written down, so that a server that starts again goes backwards.
    func stop(_ name: String) async throws(ServiceError) {
        do { try await journal.saveStop(of: name) } catch { throw .unwritten("The request", error) }
        if busy.contains(name) { stops.ask(name) }
    }
}
