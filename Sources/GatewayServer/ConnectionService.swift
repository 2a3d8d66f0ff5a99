import ControlPlane
import DataPlane
import HTTPFront
import NIOCore

/// A connection of the management listener: each request is an API call, or a call of the management API.
final class ConnectionService: HTTPService {
    private let exchange: Exchange
    private let management: ManagementService
    private var isAPICall = false

    init(exchange: Exchange, controlPlane: ControlPlane, local: LocalEndpoints) {
        self.exchange = exchange
        management = ManagementService(controlPlane: controlPlane, local: local)
    }

    private var current: any HTTPService { isAPICall ? exchange : management }

    func headReceived(_ connection: HTTPConnection) {
        isAPICall = DataPlane.isAPICall(connection.head)
        current.headReceived(connection)
    }

    func bodyReceived(_ bytes: ByteBuffer, _ connection: HTTPConnection) { current.bodyReceived(bytes, connection) }
    func requestEnded(_ connection: HTTPConnection) { current.requestEnded(connection) }
    func bodyTooLarge(_ connection: HTTPConnection) { current.bodyTooLarge(connection) }

    func writabilityChanged(_ isWritable: Bool, _ connection: HTTPConnection) {
        current.writabilityChanged(isWritable, connection)
    }

    func connectionClosed(_ connection: HTTPConnection) { current.connectionClosed(connection) }
}
