import GatewayModel

/// The property BodyS3Location of APIs: a document in S3, which is read whenever the API is made or changed and then stands
/// in the place of Body.
enum BodyLocation {
    private static let property = "BodyS3Location"

    /// - Parameter tag: as the type calls the entity tag.
    static func rules(_ type: String, tag: String) -> PropertyRules {
        PropertyRules(
            type: "\(type).\(property)", supported: ["Bucket": .text, tag: .text, "Key": .text, "Version": .text],
            required: ["Bucket", "Key"])
    }

    static func contradiction(_ properties: TemplateMap) -> (property: String, message: String)? {
        guard properties[property] != nil, properties["Body"] != nil else { return nil }
        return (property, "Body and \(property) cannot both be given")
    }

    /// The properties with the document that they name.
    fileprivate static func read(
        _ properties: PropertyReader, _ calls: ManagementCalls
    ) async throws(ResourceFailure) -> PropertyReader {
        guard let place = try properties.nested(property), let line = properties.properties[property]?.line else {
            return properties
        }
        let (bucket, key) = (try place.required("Bucket"), try place.required("Key"))
        let name = "\(ObjectPlace.scheme)\(bucket)/\(key)"
        let content: [UInt8]
        do throws(ManagementCalls.Failure) {
            content = try await calls.object(
                bucket, key, version: place.properties["Version"]?.text,
                tag: (place.properties["ETag"] ?? place.properties["Etag"])?.text)
        } catch { throw ResourceFailure(message: "\(property) \(name): \(error.message)", line: line) }
        var problems = Problems(file: name)
        let document: TemplateValue?
        do throws(TemplateProblem) { document = try TemplateSource.value(content, file: name, &problems) } catch {
            throw ResourceFailure(message: "\(property) \(name): \(error.message)", line: line)
        }
        guard document?.map != nil else {
            throw ResourceFailure(message: "\(property) \(name): the document is no map", line: line)
        }
        var read = properties.properties
        read[property] = nil
        read["Body"] = document
        return PropertyReader(properties: read)
    }

    /// The properties that an API was made with: what lay in S3 then is not known any more, only that it had a Body.
    fileprivate static func unread(_ properties: PropertyReader) -> PropertyReader {
        guard let place = properties.properties[property] else { return properties }
        var marked = properties.properties
        marked[property] = nil
        marked["Body"] = .map(TemplateMap(), line: place.line)
        return PropertyReader(properties: marked)
    }

    fileprivate static func changed(_ changed: Set<String>) -> Set<String> {
        changed.contains(property) ? changed.subtracting([property]).union(["Body"]) : changed
    }
}

extension ResourceRequest {
    func withBody() async throws(ResourceFailure) -> ResourceRequest {
        var request = self
        request.properties = try await BodyLocation.read(properties, calls)
        return request
    }
}

extension ResourceUpdate {
    func withBody() async throws(ResourceFailure) -> ResourceUpdate {
        var update = self
        update.request = try await request.withBody()
        update.old = BodyLocation.unread(old)
        update.changed = BodyLocation.changed(changed)
        return update
    }
}
