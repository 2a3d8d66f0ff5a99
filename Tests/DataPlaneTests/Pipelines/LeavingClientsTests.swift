import GatewayModel
import NIOCore
import Testing

@testable import DataPlane

@Suite("Clients that leave, and memory that is taken")
struct LeavingClientsTests {
    private let api = TestAPI(
        routes: [("$default", .function())],
        logFormat: "$context.status $context.routeKey $context.integration.integrationStatus")

    @Test("a client that resets while its request runs is logged with 499 and counted")
    func reset() throws {
        let gateway = try EmbeddedGateway(api)
        gateway.send(TestGateway.request("GET", "/"))
        #expect(try gateway.function.events.count == 1)
        gateway.reset()
        #expect(gateway.entries == ["499 $default -"])
        #expect(gateway.metrics.count == 1)
        #expect(gateway.metrics.clientErrors == 1)
        #expect(gateway.metrics.clientsGone == 1)
        // The function's answer finds nobody.
        gateway.function.release("1")
        gateway.wait(milliseconds: 0)
        #expect(gateway.entries.count == 1)
        #expect(gateway.metrics.count == 1)
    }

    @Test("a client that is sent away because its body stops or is malformed is logged with what it was told")
    func sentAway() throws {
        let slow = try EmbeddedGateway(api)
        slow.send(TestGateway.request("POST", "/", ["Content-Length: 3"]), "a")
        slow.wait(milliseconds: 32_000)
        #expect(slow.statuses == ["408 Request Timeout"])
        #expect(slow.entries == ["408 $default -"])
        let malformed = try EmbeddedGateway(api)
        malformed.send(TestGateway.request("POST", "/", ["Transfer-Encoding: chunked"]), "z\r\n\r\n")
        #expect(malformed.statuses == ["400 Bad Request"])
        #expect(malformed.entries == ["400 $default -"])
        #expect(malformed.metrics.clientsGone == 0)
    }

    @Test("a client that leaves between two requests is not counted")
    func idle() throws {
        let gateway = try EmbeddedGateway(api)
        gateway.function.answer("1")
        gateway.send(TestGateway.request("GET", "/"))
        gateway.reset()
        #expect(gateway.metrics.count == 1)
        #expect(gateway.entries == ["200 $default 200"])
    }

    @Test("bodies beyond what the process may hold are refused, counted, and given back")
    func memory() throws {
        let gateway = try EmbeddedGateway(api, memory: 10)
        gateway.send(TestGateway.request("POST", "/", body: "0123456789"))
        #expect(try gateway.function.events.count == 1)
        #expect(gateway.memory.current == 10)
        gateway.function.release("1")
        gateway.wait(milliseconds: 0)
        #expect(gateway.memory.current == 0)
        gateway.send(TestGateway.request("POST", "/", ["Content-Length: 11"]), "01234", "567890")
        #expect(gateway.statuses == ["200 OK", "503 Service Unavailable"])
        #expect(gateway.memory.current == 0)
        #expect(gateway.metrics.bodiesRefused == 1)
        #expect(gateway.metrics.serverErrors == 1)
        #expect(try gateway.function.events.count == 1)
        #expect(gateway.entries == ["200 $default 200", "503 $default -"])
    }

    @Test("one request's memory is not another's")
    func shared() {
        let budget = MemoryBudget(limit: 10)
        #expect(budget.take(6))
        #expect(!budget.take(5))
        #expect(budget.current == 6)
        #expect(budget.take(4))
        budget.give(6)
        #expect(budget.take(5))
        #expect(budget.current == 9)
    }
}
