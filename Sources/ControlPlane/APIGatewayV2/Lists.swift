import GatewayModel
import JSON

/// A page of a list: `{"items": […], "nextToken": …}`.
enum Lists {
    /// The page that `maxResults` and `nextToken` ask for. A token names the last item of the page before, and its
    /// place, so that items deleted meanwhile neither end the list nor repeat it.
    ///
    /// - Parameter shown: what the list shows of an item.
    static func page<Item: Encodable>(
        _ items: [Item], _ call: Call, key: (Item) -> String, showing shown: (Item) -> Item = { $0 }
    ) throws(ServiceError) -> Reply {
        let size = try size(call.query("maxResults"))
        var start = 0
        if let text = call.query("nextToken") {
            guard let token = PageToken(text) else { throw V2Error.badRequest("Invalid nextToken specified.") }
            start = token.start(in: items, key: key)
        }
        let page = items[start..<min(start + size, items.count)]
        var encoded: [JSONValue] = []
        encoded.reserveCapacity(page.count)
        for item in page {
            do { encoded.append(try JSONValue(encoding: shown(item))) } catch {
                throw .internalFailure("The answer could not be written: \(error)")
            }
        }
        var body: JSONObject = ["items": .array(encoded)]
        if page.endIndex < items.count, let last = page.last {
            body["nextToken"] = .string(PageToken(position: page.endIndex - 1, key: key(last)).text)
        }
        return .json(.object(body))
    }

    private static func size(_ text: String?) throws(ServiceError) -> Int {
        guard let text, !text.isEmpty else { return V2Quotas.pageSize }
        guard let size = Int(text), size > 0 else {
            throw V2Error.badRequest("Invalid maxResults specified. It must be a number greater than 0.")
        }
        return min(size, V2Quotas.pageSize)
    }
}

/// Where a page ended. Its text is opaque to clients: the hexadecimal digits of `position/key`.
struct PageToken {
    let position: Int
    let key: String

    init(position: Int, key: String) {
        self.position = position
        self.key = key
    }

    init?(_ text: String) {
        guard let bytes = Hexadecimal.decode(text) else { return nil }
        guard let plain = String(validating: bytes, as: UTF8.self), let slash = plain.firstIndex(of: "/"),
            let position = Int(plain[..<slash]), position >= 0, position < Int(Int32.max)
        else { return nil }
        self.init(position: position, key: String(plain[plain.index(after: slash)...]))
    }

    var text: String { Hexadecimal.encode("\(position)/\(key)".utf8) }

    func start<Item>(in items: [Item], key keyOf: (Item) -> String) -> Int {
        if position < items.count, keyOf(items[position]) == key { return position + 1 }
        if let found = items.firstIndex(where: { keyOf($0) == key }) { return found + 1 }
        return min(position, items.count)
    }
}
