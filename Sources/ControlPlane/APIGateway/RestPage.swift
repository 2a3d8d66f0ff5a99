import GatewayModel
import JSON

/// A page of a list: `{"item": […], "position": "…"}`.
enum RestPage {
    /// The page that `limit` and `position` ask for.
    static func reply<Item: Encodable>(
        _ items: [Item], _ call: Call, key: (Item) -> String
    ) throws(ServiceError) -> Reply {
        let start = try start(in: items, call, key: key)
        let page = items[start..<min(start + (try size(call)), items.count)]
        var body = try object(Array(page))
        if page.endIndex < items.count, let last = page.last {
            body["position"] = .string(PageToken(position: page.endIndex - 1, key: key(last)).text)
        }
        return .json(.object(body))
    }

    /// All items at once, for lists without pages.
    static func all<Item: Encodable>(_ items: [Item]) throws(ServiceError) -> Reply {
        .json(.object(try object(items)))
    }

    static func start<Item>(in items: [Item], _ call: Call, key: (Item) -> String) throws(ServiceError) -> Int {
        guard let text = call.query("position"), !text.isEmpty else { return 0 }
        guard let token = PageToken(text) else { throw RESTError.badRequest("Invalid position specified") }
        return token.start(in: items, key: key)
    }

    /// The service takes 0 and less for no limit of the caller's.
    static func size(_ call: Call) throws(ServiceError) -> Int {
        guard let text = call.query("limit"), !text.isEmpty else { return RESTQuotas.pageSize.standard }
        guard let size = Int(text) else { throw RESTError.badRequest("Invalid limit specified") }
        return size > 0 ? min(size, RESTQuotas.pageSize.maximum) : RESTQuotas.pageSize.standard
    }

    private static func object(_ items: [some Encodable]) throws(ServiceError) -> JSONObject {
        var encoded: [JSONValue] = []
        encoded.reserveCapacity(items.count)
        for item in items {
            do { encoded.append(try JSONValue(encoding: item)) } catch {
                throw .internalFailure("The answer could not be written: \(error)")
            }
        }
        return ["item": .array(encoded)]
    }
}
