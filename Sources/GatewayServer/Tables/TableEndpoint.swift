import ControlPlane
import NIOCore
import NIOPosix
import Synchronization
import TableStore

/// The tables of a server, for its event loops and for callers of their own.
///
/// A point read takes microseconds and is answered on the loop that asks. Whatever may read much runs on a blocking
/// thread, so that no other connection of the loop waits for it.
final class TableEndpoint: Sendable {
    private let store: TableStore
    private let sessions: [ObjectIdentifier: NIOLoopBoundBox<TableSession?>]
    private let idle = Mutex<[Lent]>([])

    init(store: TableStore, group: MultiThreadedEventLoopGroup) {
        self.store = store
        var sessions: [ObjectIdentifier: NIOLoopBoundBox<TableSession?>] = [:]
        for loop in group.makeIterator() {
            sessions[ObjectIdentifier(loop)] = NIOLoopBoundBox.makeEmptyBox(
                valueType: TableSession.self, eventLoop: loop)
        }
        self.sessions = sessions
    }

    /// Finishes the writes that are queued.
    func close() { store.close() }

    /// Why a caller may not do what a body says; nil when he may.
    typealias Check = @Sendable ([UInt8]) -> TableResponse?

    /// Answers on `loop`, at once where that is quick: then the response comes back, else `completion` is called later,
    /// on any thread.
    ///
    /// - Parameter coding: how the body is packed, if it is.
    func answer(
        _ operation: String, _ body: [UInt8], _ coding: ContentCoding?, _ check: Check? = nil, on loop: any EventLoop,
        completion: @escaping @Sendable (TableResponse) -> Void
    ) -> TableResponse? {
        if let coding {
            answerUnpacked(operation, body, coding, check, completion: completion)
            return nil
        }
        guard Self.isQuick(operation, body), let box = sessions[ObjectIdentifier(loop)] else {
            answerElsewhere(operation, body, check, completion: completion)
            return nil
        }
        if let refusal = check?(body) { return refusal }
        if box.value == nil { box.value = store.makeSession() }
        guard let session = box.value else { return Self.noSession }
        return session.perform(operation, body, completion: completion)
    }

    func answer(_ operation: String, _ body: [UInt8]) async -> TableResponse {
        await withCheckedContinuation { continuation in
            answerElsewhere(operation, body) { continuation.resume(returning: $0) }
        }
    }

    private static var noSession: TableResponse { TableError.internalFailure("no session").response() }

    /// Items of this size are read from JSON in well under a millisecond.
    private static let quickBytes = 16_384

    private static func isQuick(_ operation: String, _ body: [UInt8]) -> Bool {
        guard body.count <= quickBytes else { return false }
        switch operation {
        case "GetItem", "PutItem", "UpdateItem", "DeleteItem": return true
        default: return false
        }
    }

    /// Unpacking may make much of little, so no loop does it.
    private func answerUnpacked(
        _ operation: String, _ body: [UInt8], _ coding: ContentCoding, _ check: Check?,
        completion: @escaping @Sendable (TableResponse) -> Void
    ) {
        NIOThreadPool.singleton.submit { _ in
            do throws(ContentCoding.Fault) {
                let unpacked = try coding.unpacked(body, limit: ServiceFront.tableBytes)
                self.answerElsewhere(operation, unpacked, check, completion: completion)
            } catch {
                switch error {
                case .tooLarge: completion(TableResponse(status: 413, body: []))
                // What AWS answers is unconfirmed; this is what it says of a body that is no JSON.
                case .damaged: completion(TableError.serialization(nil).response())
                }
            }
        }
    }

    private func answerElsewhere(
        _ operation: String, _ body: [UInt8], _ check: Check? = nil,
        completion: @escaping @Sendable (TableResponse) -> Void
    ) {
        NIOThreadPool.singleton.submit { _ in
            if let refusal = check?(body) { return completion(refusal) }
            guard let lent = self.lend() else {
                return completion(Self.noSession)
            }
            if let response = lent.session.perform(operation, body, completion: completion) { completion(response) }
            self.idle.withLock { $0.append(lent) }
        }
    }

    private func lend() -> Lent? {
        if let lent = idle.withLock({ $0.popLast() }) { return lent }
        return store.makeSession().map(Lent.init)
    }

    /// One thread at a time holds it: it is taken from `idle` and given back behind a lock.
    private struct Lent: @unchecked Sendable {
        let session: TableSession
    }
}
