import Testing

@testable import Stacks

@Suite struct BucketDocumentTests {
    @Test func valuesAreEscapedAndThoseThatAreNotThereAreLeftOut() throws {
        let document = try BucketDocument("Delete") { xml throws(ResourceFailure) in
            try xml.element("Object") { xml throws(ResourceFailure) in
                xml.element("Key", "a<b>&\"é")
                xml.element("VersionId", nil)
            }
        }
        #expect(document.text == "<Delete><Object><Key>a&lt;b&gt;&amp;\"é</Key></Object></Delete>")
    }
}
