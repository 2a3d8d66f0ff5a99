import ControlPlane
import HTTPFront

extension ServiceFront {
    /// The service of a request as it came. Calls of tables are many: they are told without making strings of the rest.
    static func find(_ head: RequestHead) -> Found {
        if let operation = tableOperation(head) { return tables(operation) }
        var front = ServiceHead()
        front.method = head.string(head.methodRange)
        front.path = head.string(head.path)
        front.query = head.string(head.query)
        for field in head.fields { front.take(head.string(field.name).lowercased(), head.string(field.value)) }
        // Of the absolute form, the authority counts.
        front.host = head.string(head.host)
        return find(front)
    }

    /// What follows the tables' name in X-Amz-Target; nil for a request of another service.
    private static func tableOperation(_ head: RequestHead) -> String? {
        guard head.method == .post else { return nil }
        return head.withBytes { bytes in
            for field in head.fields where field.known == .other && field.name.count == 12 {
                guard
                    ASCII.equalsIgnoringCase(UnsafeRawBufferPointer(rebasing: bytes[field.name.range]), "x-amz-target")
                else { continue }
                let value = UnsafeRawBufferPointer(rebasing: bytes[field.value.range])
                guard value.starts(with: tableTarget.utf8) else { return nil }
                return String(decoding: value.dropFirst(tableTarget.utf8.count), as: UTF8.self)
            }
            return nil
        }
    }
}
