/// Where an object is: `/bucket/key`, taken apart by its bytes. A key may begin with a mark that belongs to the letter before
/// it, and the slash stays a slash.
struct BucketPlace {
    /// Nil where there is none.
    let bucket: String?
    let key: String?

    /// - Parameter path: with a slash before the bucket, or without.
    init(_ path: String) {
        let bytes = path.utf8.first == UInt8(ascii: "/") ? path.utf8.dropFirst() : path.utf8[...]
        let name = bytes.prefix { $0 != UInt8(ascii: "/") }
        let key = bytes[name.endIndex...].dropFirst()
        bucket = name.isEmpty ? nil : String(decoding: name, as: UTF8.self)
        self.key = key.isEmpty ? nil : String(decoding: key, as: UTF8.self)
    }
}

extension String {
    /// Names are bytes: two that look the same may be two.
    func isSame(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }

    func begins(with other: String) -> Bool { utf8.starts(with: other.utf8) }
}
