import GatewayModel
import HTTPFront
import NIOCore
import WebSocketFront

/// One message to all clients of a group, on all loops: the frame is made once, and each loop writes it to its own.
final class GroupDelivery {
    /// What has become of the message.
    private struct Report: Sendable {
        var delivered = 0
        var gone = 0
        var slow = 0

        static func += (left: inout Report, right: Report) {
            left.delivered += right.delivered
            left.gone += right.gone
            left.slow += right.slow
        }
    }

    /// How many clients are written to before a loop does something else.
    private static let chunk = 256

    private let x: Exchange
    private let turn: Int
    private var report = Report()
    private var loopsLeft: Int

    private init(_ x: Exchange) {
        self.x = x
        turn = x.turn
        loopsLeft = x.worker.peers.count
    }

    static func begin(_ x: Exchange, _ frame: WebSocketFrame, to group: String, of key: StageKey) {
        let origin = x.worker.eventLoop
        let delivery = NIOLoopBound(GroupDelivery(x), eventLoop: origin)
        let peers = x.worker.peers
        for number in 0..<peers.count {
            _ = peers.run(on: number) { worker in
                let members = worker.clients.group(group, of: key)?.all ?? []
                write(frame, to: members[...], worker, Report()) { report in
                    guard !origin.inEventLoop else { return delivery.value.ended(report) }
                    origin.execute { delivery.value.ended(report) }
                }
            }
        }
    }

    private static func write(
        _ frame: WebSocketFrame, to members: ArraySlice<ClientConnection>, _ worker: LoopWorker, _ soFar: Report,
        _ completion: @escaping @Sendable (Report) -> Void
    ) {
        var report = soFar
        for client in members.prefix(chunk) {
            switch client.send(frame) {
            case .sent: report.delivered += 1
            case .slow: report.slow += 1
            case .gone: report.gone += 1
            }
        }
        let rest = members.dropFirst(chunk)
        guard !rest.isEmpty else { return completion(report) }
        let bound = NIOLoopBound((rest, worker), eventLoop: worker.eventLoop)
        let reached = report
        worker.eventLoop.execute {
            let (rest, worker) = bound.value
            write(frame, to: rest, worker, reached, completion)
        }
    }

    private func ended(_ report: Report) {
        self.report += report
        loopsLeft -= 1
        guard loopsLeft == 0, x.turn == turn else { return }
        var body = ByteBuffer()
        body.write(#"{"delivered":"#)
        body.writeDecimal(self.report.delivered)
        body.write(#","gone":"#)
        body.writeDecimal(self.report.gone)
        body.write(#","slow":"#)
        body.writeDecimal(self.report.slow)
        body.write("}")
        x.answerCallback(200, body)
    }
}
