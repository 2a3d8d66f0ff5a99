import GatewayModel
import ObjectStore

/// The part of an object that `partNumber` asks for, one of the upload that it was. Source: recorded answers.
struct ObjectPart {
    let range: Range<Int>
    let checksum: Checksum?
    /// Parts of the upload; nil where there was none.
    let count: Int?

    /// nil where no part is asked for.
    init?(_ call: ObjectCall, _ version: ObjectVersion) throws(ObjectError) {
        guard call.request.has("partNumber") else { return nil }
        guard call.request.header("range") == nil else {
            throw .invalidRequest("Cannot specify both Range header and partNumber query parameter")
        }
        let number = try call.partNumber()
        let parts = version.parts
        if parts.isEmpty, number == 1 {
            // Nothing is no range.
            guard version.size > 0 else { return nil }
            (range, checksum, count) = (0..<version.size, version.facts.checksum, nil)
            return
        }
        guard let place = parts.firstIndex(where: { $0.number == number }) else {
            throw ObjectError("InvalidPartNumber", status: 416, "The requested partnumber is not satisfiable")
                .with("PartNumberRequested", String(number)).with("ActualPartCount", String(max(parts.count, 1)))
        }
        let start = parts[..<place].reduce(0) { $0 + $1.size }
        range = start..<(start + parts[place].size)
        // Where the whole has one of its own, its parts' are not told (recorded).
        let isComposite = version.facts.checksum?.scope == .composite
        checksum =
            isComposite
            ? parts[place].checksum.map { Checksum(kind: $0.kind, value: $0.value, scope: .composite) } : nil
        count = parts.count
    }
}

extension ObjectVersion {
    /// Of the upload that it was; none where it was put in one piece.
    fileprivate var parts: [ObjectFacts.Part] { facts.parts ?? [] }
}

extension ObjectOperation {
    static let attributes = ObjectOperation("GetObjectAttributes", "GET", .key, "attributes", getAttributes)

    private static let attributeNames: Set = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"]

    private static let getAttributes: Run = { call throws(ObjectError) in
        let request = call.request
        let named = (request.header("x-amz-object-attributes") ?? "").split(separator: ",").map {
            String($0.filter { $0 != " " })
        }
        guard !named.isEmpty else {
            throw .invalidArgument(
                "The x-amz-object-attributes header specifying the attributes to be retrieved is either missing or empty",
                name: "x-amz-object-attributes", value: "")
        }
        if let unknown = named.first(where: { !attributeNames.contains($0) }) {
            throw .invalidArgument(
                "Invalid attribute name specified.", name: "x-amz-object-attributes", value: unknown)
        }
        let version = try call.found()
        let page = try PartsPage(request, version)
        var answer = ObjectAnswer("GetObjectAttributesResponse") { xml in
            if named.contains("ETag") { xml.element("ETag", version.etag) }
            if named.contains("Checksum"), let checksum = version.facts.checksum {
                xml.element("Checksum") { xml in
                    // Of parts' checksums, the number of parts is left out here.
                    xml.element(checksum.kind.element, String(checksum.value.prefix { $0 != "-" }))
                    xml.element("ChecksumType", checksum.scope.rawValue)
                }
            }
            if named.contains("ObjectParts"), !version.parts.isEmpty {
                xml.element("ObjectParts") { page.write(version, to: &$0) }
            }
            if named.contains("StorageClass") { xml.element("StorageClass", "STANDARD") }
            if named.contains("ObjectSize") { xml.element("ObjectSize", String(version.size)) }
        }
        answer.headers.append(("Last-Modified", HTTPDate.text(version.modified)))
        answer.tell(version)
        return answer
    }

    /// Parts are told one by one where each has a checksum of its own (recorded).
    private struct PartsPage {
        let limit: Int
        let marker: Int
        let parts: [ObjectFacts.Part]
        let isTruncated: Bool

        init(_ request: ObjectRequest, _ version: ObjectVersion) throws(ObjectError) {
            func number(_ name: String, else standard: Int) throws(ObjectError) -> Int {
                guard let text = request.header(name) else { return standard }
                guard let number = Int(text), number >= 0 else {
                    throw .invalidArgument(
                        "Provided \(name) not an integer or within integer range", name: name, value: text)
                }
                return number
            }
            let most = ObjectStore.pageEntries
            limit = min(try number("x-amz-max-parts", else: most), most)
            let marker = try number("x-amz-part-number-marker", else: 0)
            self.marker = marker
            let rest = version.parts.filter { $0.number > marker }
            parts = Array(rest.prefix(limit))
            isTruncated = parts.count < rest.count
        }

        func write(_ version: ObjectVersion, to xml: inout XMLText) {
            if version.facts.checksum?.scope == .composite {
                xml.element("PartNumberMarker", String(marker))
                xml.element("NextPartNumberMarker", String(parts.last?.number ?? 0))
                xml.element("MaxParts", String(limit))
                xml.element("IsTruncated", isTruncated ? "true" : "false")
                for part in parts {
                    xml.element("Part") { xml in
                        xml.element("PartNumber", String(part.number))
                        xml.element("Size", String(part.size))
                        if let checksum = part.checksum { xml.element(checksum.kind.element, checksum.value) }
                    }
                }
            }
            xml.element("PartsCount", String(version.parts.count))
        }
    }
}
