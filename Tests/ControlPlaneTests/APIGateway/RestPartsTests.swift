import GatewayModel
import JSON
import Testing

@testable import ControlPlane

@Suite struct RestPartsTests {
    @Test(
        arguments: [
            ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]), ("a\r\n\"x,\"\"y\"\r\n", [["a"], ["x,\"y"]]),
            ("a\n\n,\nb", [["a"], ["b"]]), ("\"a\nb\",c", [["a\nb", "c"]]), ("", []),
        ])
    func tablesOfCommaSeparatedValues(text: String, rows: [[String]]) { #expect(CSV.rows(of: text) == rows) }

    @Test(
        arguments: [
            ("pets", false, false), ("a-b_c.d:e", false, false), ("{id}", true, false), ("{proxy+}", true, true),
        ])
    func pathParts(text: String, isVariable: Bool, isGreedy: Bool) throws {
        let part = try #require(ResourcePart(text))
        #expect((part.isVariable, part.isGreedy) == (isVariable, isGreedy))
    }

    @Test(arguments: ["", "a b", "a/b", "{", "{}", "{+}", "{a", "a}", "x{a}", "{a}x", "{a{b}}", "é"])
    func whatNoPathPartIs(text: String) { #expect(ResourcePart(text) == nil) }

    @Test(
        arguments: [
            ("method.request.header.X-Y", "header", false, "X-Y"),
            ("method.request.multivaluequerystring.a.b", "querystring", true, "a.b"),
            ("method.request.body", "body", false, ""), ("method.request.body.a[0]", "body", false, "a[0]"),
        ])
    func mappingPlaces(text: String, kind: String, isMultivalue: Bool, name: String) throws {
        let place = try #require(MappingPlace(text, of: "method.request"))
        #expect(place.kind.rawValue == kind && place.isMultivalue == isMultivalue && place.name == name)
    }

    @Test(
        arguments: [
            "", "method.request", "method.request.", "method.request.header", "method.request.header.", "x.y.z",
        ])
    func whatNoMappingPlaceIs(text: String) { #expect(MappingPlace(text, of: "method.request") == nil) }

    @Test func aDecimalKeepsItsFraction() throws {
        let encoded = try JSONValue(encoding: ["rate": REST.Decimal(10)])
        #expect(String(decoding: encoded.bytes, as: UTF8.self) == #"{"rate":10.0}"#)
        #expect(try encoded.decode([String: REST.Decimal].self) == ["rate": 10.0])
    }

    @Test(
        arguments: [
            ("2026-02-28", "2026-03-01", 2), ("2024-02-28", "2024-03-01", 3), ("2026-01-01", "2026-01-01", 1),
        ])
    func daysOfUsage(start: String, end: String, count: Int) async throws {
        let rest = RESTPlane()
        let plan = await rest.call("POST", "/usageplans", ["name": "p"])
        let id = try #require(plan["id"]?.string)
        let key = await rest.call("POST", "/apikeys", ["name": "k"])
        _ = await rest.call("POST", "/usageplans/\(id)/keys", ["keyId": key["id"] ?? nil, "keyType": "API_KEY"])
        let usage = await rest.call("GET", "/usageplans/\(id)/usage", query: "startDate=\(start)&endDate=\(end)")
        #expect(usage["startDate"]?.string == start)
        #expect(usage["endDate"]?.string == end)
        #expect(usage["values"]?[key["id"]?.string ?? ""]?.array?.count == count)
    }
}
