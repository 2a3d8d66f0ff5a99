import GatewayModel
import ObjectStore

extension ObjectError {
    static let wrongContinuation = ObjectError(
        "InvalidArgument", status: 400, "The continuation token provided is incorrect"
    ).with("ArgumentName", "continuation-token")
}

extension ObjectOperation {
    static let listings: [ObjectOperation] = [
        ObjectOperation("ListObjects", "GET", .bucket, action: "ListBucket") { call throws(ObjectError) in
            switch call.request.parameter("list-type") {
            case nil: try listFirst(call)
            case "2"?: try listSecond(call)
            case let type?:
                throw ObjectError.invalidArgument(
                    "Invalid List Type specified in Request", name: "list-type", value: type)
            }
        },
        ObjectOperation("ListObjectVersions", "GET", .bucket, "versions", action: "ListBucketVersions", listVersions),
    ]

    /// What all listings have in common.
    struct ListingPage {
        let prefix: String
        let delimiter: String
        let limit: Int
        let isEncoded: Bool

        /// - Parameter name: the parameter that bounds the page.
        init(_ request: ObjectRequest, limit name: String = "max-keys") throws(ObjectError) {
            prefix = request.parameter("prefix") ?? ""
            delimiter = request.parameter("delimiter") ?? ""
            limit = try request.number(name, in: 0...ObjectStore.pageEntries, else: ObjectStore.pageEntries)
            let encoding = request.parameter("encoding-type")
            guard encoding == nil || encoding == "url" else {
                throw .invalidArgument(
                    "Invalid Encoding Method specified in Request", name: "encoding-type", value: encoding ?? "")
            }
            isEncoded = encoding != nil
        }

        /// As AWS writes keys that XML may not have.
        func text(_ key: String) -> String { isEncoded ? PercentEncoding.encode(key, keeping: "/*") : key }

        func list(_ call: ObjectCall, _ start: ObjectListing.Place, ofVersions: Bool = false) throws(ObjectError)
            -> ObjectListing
        {
            try call.store.list(
                call.bucket,
                .init(prefix: prefix, delimiter: delimiter, start: start, limit: limit, ofVersions: ofVersions))
        }

        func write(_ listing: ObjectListing, _ call: ObjectCall, to xml: inout XMLText) {
            xml.element("Name", call.bucket)
            xml.element("Prefix", text(prefix))
            if !delimiter.isEmpty { xml.element("Delimiter", text(delimiter)) }
            xml.element("MaxKeys", String(limit))
            if isEncoded { xml.element("EncodingType", "url") }
            xml.element("IsTruncated", listing.next == nil ? "false" : "true")
        }

        func writeEntries(_ listing: ObjectListing, _ owner: AccountIdentity?, to xml: inout XMLText) {
            for case .version(let version) in listing.entries {
                xml.element("Contents") { xml in
                    xml.element("Key", text(version.key))
                    xml.content(version)
                    if let owner { xml.owner(owner) }
                }
            }
            writePrefixes(listing, to: &xml)
        }

        func writePrefixes(_ listing: ObjectListing, to xml: inout XMLText) {
            for case .prefix(let prefix) in listing.entries { write(commonPrefix: prefix, to: &xml) }
        }

        func write(commonPrefix prefix: String, to xml: inout XMLText) {
            xml.element("CommonPrefixes") { $0.element("Prefix", text(prefix)) }
        }
    }

    private static func listFirst(_ call: ObjectCall) throws(ObjectError) -> ObjectAnswer {
        let page = try ListingPage(call.request)
        let marker = call.request.parameter("marker") ?? ""
        let listing = try page.list(call, .behind(marker: marker, prefix: page.prefix, delimiter: page.delimiter))
        return ObjectAnswer("ListBucketResult") { xml in
            page.write(listing, call, to: &xml)
            xml.element("Marker", page.text(marker))
            if listing.next != nil, !page.delimiter.isEmpty, let last = listing.entries.last {
                switch last {
                case .version(let version): xml.element("NextMarker", page.text(version.key))
                case .prefix(let prefix): xml.element("NextMarker", page.text(prefix))
                }
            }
            page.writeEntries(listing, call.account, to: &xml)
        }
    }

    private static func listSecond(_ call: ObjectCall) throws(ObjectError) -> ObjectAnswer {
        let request = call.request
        let page = try ListingPage(request)
        let after = request.parameter("start-after") ?? ""
        let token = request.parameter("continuation-token")
        let start: ObjectListing.Place
        if let token {
            guard let key = Base64.decode(token), !key.isEmpty else {
                throw .wrongContinuation
            }
            start = ObjectListing.Place(key: key)
        } else {
            start = .after(after)
        }
        let listing = try page.list(call, start)
        return ObjectAnswer("ListBucketResult") { xml in
            page.write(listing, call, to: &xml)
            xml.element("KeyCount", String(listing.entries.count))
            if let token { xml.element("ContinuationToken", token) }
            if let next = listing.next { xml.element("NextContinuationToken", Base64.encode(next.key)) }
            if !after.isEmpty, token == nil { xml.element("StartAfter", page.text(after)) }
            page.writeEntries(
                listing, request.parameter("fetch-owner") == "true" ? call.account : nil, to: &xml)
        }
    }

    private static let listVersions: Run = { call throws(ObjectError) in
        let request = call.request
        let page = try ListingPage(request)
        let marker = request.parameter("key-marker") ?? ""
        let idMarker = request.parameter("version-id-marker") ?? ""
        guard idMarker.isEmpty || !marker.isEmpty else {
            throw .invalidArgument(
                "A version-id marker cannot be specified without a key marker.", name: "version-id-marker",
                value: idMarker)
        }
        let start: ObjectListing.Place =
            idMarker.isEmpty
            ? .behind(marker: marker, prefix: page.prefix, delimiter: page.delimiter)
            : .init(key: Array(marker.utf8), before: idMarker)
        let listing = try page.list(call, start, ofVersions: true)
        return ObjectAnswer("ListVersionsResult") { xml in
            page.write(listing, call, to: &xml)
            xml.element("KeyMarker", page.text(marker))
            xml.element("VersionIdMarker", idMarker)
            if listing.next != nil, let last = listing.entries.last {
                switch last {
                case .version(let version):
                    xml.element("NextKeyMarker", page.text(version.key))
                    xml.element("NextVersionIdMarker", version.id)
                case .prefix(let prefix): xml.element("NextKeyMarker", page.text(prefix))
                }
            }
            for case .version(let version) in listing.entries {
                xml.element(version.isMarker ? "DeleteMarker" : "Version") { xml in
                    xml.element("Key", page.text(version.key))
                    xml.element("VersionId", version.id)
                    xml.element("IsLatest", version.isLatest ? "true" : "false")
                    if version.isMarker {
                        xml.element("LastModified", version.modified.objectTime)
                    } else {
                        xml.content(version)
                    }
                    xml.owner(call.account)
                }
            }
            page.writePrefixes(listing, to: &xml)
        }
    }
}

extension XMLText {
    fileprivate mutating func content(_ version: ObjectVersion) {
        element("LastModified", version.modified.objectTime)
        element("ETag", "\"\(version.etag)\"")
        if let checksum = version.facts.checksum {
            element("ChecksumAlgorithm", checksum.kind.rawValue)
            element("ChecksumType", checksum.scope.rawValue)
        }
        element("Size", String(version.size))
        element("StorageClass", "STANDARD")
    }
}
