import ControlPlane

/// XML that is being written, one element after the other.
struct XMLText {
    private(set) var text: String

    init() { text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" }

    /// What will be a part of a document.
    static var part: XMLText {
        var part = XMLText()
        part.text = ""
        return part
    }

    static let namespace = "http://s3.amazonaws.com/doc/2006-03-01/"

    /// A document of S3's.
    static func document(_ name: String, _ content: (inout XMLText) -> Void) -> [UInt8] {
        var xml = XMLText()
        xml.text += "<\(name) xmlns=\"\(namespace)\">"
        let length = xml.text.utf8.count
        content(&xml)
        if xml.text.utf8.count == length {
            // As AWS writes what is empty.
            xml.text.removeLast()
            xml.text += "/>"
        } else {
            xml.text += "</\(name)>"
        }
        return Array(xml.text.utf8)
    }

    mutating func element(_ name: String, _ value: String) { text += "<\(name)>\(XML.escaped(value))</\(name)>" }

    mutating func element(_ name: String, _ content: (inout XMLText) -> Void) {
        text += "<\(name)>"
        content(&self)
        text += "</\(name)>"
    }

    /// What is XML already.
    mutating func raw(_ xml: String) { text += xml }
}
