import ObjectStore

extension ObjectOperation {
    static let listUploads: Run = { call throws(ObjectError) in
        let request = call.request
        let page = try ListingPage(request, limit: "max-uploads")
        let key = request.parameter("key-marker") ?? ""
        let id = request.parameter("upload-id-marker") ?? ""
        let listing = try call.store.list(
            call.bucket,
            UploadListing.Request(
                prefix: page.prefix, delimiter: page.delimiter, after: key, id: id, limit: page.limit))
        // The next page begins behind the last upload, even where a common prefix is the last entry (recorded).
        let last = listing.uploads.last
        return ObjectAnswer("ListMultipartUploadsResult") { xml in
            xml.element("Bucket", call.bucket)
            xml.element("KeyMarker", page.text(key))
            xml.element("UploadIdMarker", id)
            xml.element("NextKeyMarker", last.map { page.text($0.key) } ?? "")
            xml.element("NextUploadIdMarker", last?.id ?? "")
            if !page.prefix.isEmpty { xml.element("Prefix", page.text(page.prefix)) }
            if !page.delimiter.isEmpty { xml.element("Delimiter", page.text(page.delimiter)) }
            if page.isEncoded { xml.element("EncodingType", "url") }
            xml.element("MaxUploads", String(page.limit))
            xml.element("IsTruncated", listing.isTruncated ? "true" : "false")
            for upload in listing.uploads {
                xml.element("Upload") { xml in
                    xml.element("Key", page.text(upload.key))
                    xml.element("UploadId", upload.id)
                    xml.initiator(call.account)
                    xml.owner(call.account)
                    xml.element("StorageClass", "STANDARD")
                    xml.element("Initiated", upload.created.objectTime)
                    if upload.facts.isAsked {
                        xml.element("ChecksumAlgorithm", upload.facts.checksum.rawValue)
                        xml.element("ChecksumType", upload.facts.scope.rawValue)
                    }
                }
            }
            for prefix in listing.prefixes { page.write(commonPrefix: prefix, to: &xml) }
        }
    }
}
