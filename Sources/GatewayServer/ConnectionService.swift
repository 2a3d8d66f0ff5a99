import ControlPlane
import DataPlane
import HTTPFront
import NIOCore

/// A connection of the management listener: each request is an API call, a call of a table, or one of the management
/// API.
final class ConnectionService: HTTPService {
    private let exchange: Exchange
    private let tables: TableService
    private let management: ManagementService
    private var current: any HTTPService

    init(exchange: Exchange, tables: TableService, management: ManagementService) {
        self.exchange = exchange
        self.tables = tables
        self.management = management
        current = management
    }

    func headReceived(_ connection: HTTPConnection) {
        if DataPlane.isAPICall(connection.head) {
            current = exchange
        } else if tables.accepts(connection.head), BrowserGuard.refusal(connection.head) == nil {
            current = tables
        } else {
            current = management
        }
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
