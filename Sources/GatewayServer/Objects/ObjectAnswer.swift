import ControlPlane
import GatewayModel
import ObjectStore

extension Timestamp {
    /// As S3's documents have it: whole seconds, with a fraction of nothing. Source: recorded answers.
    var objectTime: String { String(iso8601.dropLast()) + ".000Z" }
}

/// What is answered to a request for S3.
struct ObjectAnswer: Sendable {
    struct Content: Sendable {
        let reader: ContentReader
        let range: Range<Int>
    }

    var status: Int
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []
    /// Read from the disk while it is sent.
    var content: Content?
    /// The length of a body that is not sent, because the method is HEAD.
    var unsentLength: Int?
    let requestId = Identifiers.uuid()
    let hostId = Identifiers.uuid()

    /// Of every answer.
    var ownHeaders: [(name: String, value: String)] {
        [("x-amz-request-id", requestId), ("x-amz-id-2", hostId), ("Server", "AmazonS3")]
    }

    init(status: Int, headers: [(name: String, value: String)] = []) {
        self.status = status
        self.headers = headers
    }

    /// A document.
    init(_ name: String, _ content: (inout XMLText) -> Void) {
        status = 200
        headers = [("Content-Type", "application/xml")]
        body = XMLText.document(name, content)
    }

    /// A refusal, as S3 tells it. HEAD has no body, so there nothing but the status tells.
    init(_ error: ObjectError) {
        status = error.status
        headers = error.headers.map { ($0.name, $0.value) }
        guard error.status != 304 else { return }
        headers.append(("Content-Type", "application/xml"))
        var xml = XMLText()
        xml.element("Error") { xml in
            xml.element("Code", error.code)
            xml.element("Message", error.message)
            if error.fault == nil { for detail in error.details { xml.element(detail.name, detail.value) } }
            xml.element("RequestId", requestId)
            xml.element("HostId", hostId)
        }
        body = Array(xml.text.utf8)
    }
}
