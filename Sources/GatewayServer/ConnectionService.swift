import ControlPlane
import DataPlane
import HTTPFront
import NIOCore

/// A connection of the management listener: each request is an API call, a call of a table, of S3, or one of the management
/// API.
final class ConnectionService: HTTPService {
    private let exchange: Exchange
    private let tables: TableService
    private let objects: ObjectService
    private let management: ManagementService
    private let responses: ResponseService
    private var current: any HTTPService

    init(
        exchange: Exchange, tables: TableService, objects: ObjectService, management: ManagementService,
        responses: ResponseService
    ) {
        self.exchange = exchange
        self.tables = tables
        self.objects = objects
        self.management = management
        self.responses = responses
        current = management
    }

    func headReceived(_ stream: HTTPStream) {
        if DataPlane.isAPICall(stream.head) {
            current = exchange
        } else if ResponseDesk.isFor(stream.head) {
            current = responses
        } else {
            let found = ServiceFront.find(stream.head)
            if case .tables(let operation) = found.destination, !tables.refuses(stream.head) {
                tables.take(operation)
                current = tables
            } else if case .objects(let hostBucket) = found.destination {
                objects.take(hostBucket)
                current = objects
            } else {
                management.take(found)
                current = management
            }
        }
        current.headReceived(stream)
    }

    func bodyReceived(_ bytes: ByteBuffer, _ stream: HTTPStream) { current.bodyReceived(bytes, stream) }
    func requestEnded(_ stream: HTTPStream) { current.requestEnded(stream) }
    func bodyTooLarge(_ stream: HTTPStream) { current.bodyTooLarge(stream) }

    func writabilityChanged(_ isWritable: Bool, _ stream: HTTPStream) {
        current.writabilityChanged(isWritable, stream)
    }

    func connectionClosed(_ stream: HTTPStream) { current.connectionClosed(stream) }
}
