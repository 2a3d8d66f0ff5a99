import ControlPlane
import GatewayModel
import JSON
import Stacks

/// What a failed operation has left standing.
extension StackService {
    /// Resources of which it could not be taken back what was done to them.
    func unfinished(_ record: StackRecord) async throws(ServiceError) -> Set<String> {
        do throws(StackFailure) { return Set(try await steps(of: record.name).map(\.logicalId)) } catch {
            throw .internalFailure("\(error.error)")
        }
    }

    /// Takes back what a failed operation has left standing: all but the steps of `skipped` resources.
    func rollBack(
        _ record: StackRecord, skipping skipped: Set<String>, _ kind: StackOperation.Kind,
        _ management: any Management, token: String?
    ) async throws(ServiceError) {
        guard !busy.contains(record.name) else { throw .cannotUpdate(record) }
        let steps: [StackStep]
        do throws(StackFailure) { steps = try await self.steps(of: record.name) } catch {
            throw .internalFailure("\(error.error)")
        }
        let left = steps.filter { !skipped.contains($0.logicalId) }
        let isNew = record.status == .createFailed || record.status == .rollbackFailed
        // As what was under way, so that it is taken back whenever the server ends.
        var standing = record
        standing.status = isNew ? .rollbackInProgress : .updateRollbackInProgress
        guard busy.insert(record.name).inserted else { throw .cannotUpdate(record) }
        do { try await journal.save(standing, steps: left) } catch {
            end(record.name)
            throw .unwritten("The operation", error)
        }
        records[record.name] = standing
        _ = log.begin(record.name)
        let operation = StackHistory.Operation(stackId: record.stackId, name: kind.rawValue, token: token)
        let engine = engine(record.name, SentCode(digests: [:], assets: assets), management, operation)
        let account = account
        Task { [standing] in
            do throws(StackFailure) {
                let after = try await engine.takeBack(
                    standing, steps: left, account: account, because: "User Initiated", keepsName: true)
                await finished(record, after, ["status": .string(after?.status.rawValue ?? "")])
            } catch {
                await finished(record, error.record ?? record, error.outcome)
            }
        }
    }
}
