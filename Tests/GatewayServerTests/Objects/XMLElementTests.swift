import Testing

@testable import GatewayServer

@Suite struct XMLElementTests {
    @Test func elementsAndTextAreRead() throws {
        let text = """
            <?xml version="1.0" encoding="UTF-8"?>
            <!-- a comment -->
            <s3:Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/" a='>'>
              <Quiet>true</Quiet><!-- another --><Empty/><Object >
              <Key>&lt;a&gt; &amp; &#233;&#x1F600;<![CDATA[<b>]]></Key></Object>
            </s3:Delete >
            """
        let root = try XMLElement(parsing: Array(text.utf8))
        #expect(root.name == "Delete")
        #expect(root.children.map(\.name) == ["Quiet", "Empty", "Object"])
        #expect(root.child("Object")?.child("Key")?.text == "<a> & é😀<b>")
    }

    @Test func textMayBeginWithAMark() throws {
        let root = try XMLElement(parsing: Array("<Key>\u{301}a\r\n</Key>".utf8))
        #expect(root.text == "\u{301}a\r\n")
    }

    @Test(arguments: [
        "", "text", "<a>", "<a></b>", "<a/><b/>", "<a/>text", "<a b></a>", "<a b=c/>", "<a>&unknown;</a>",
        "<a>&#0;</a>",
        "<a>&amp</a>", "<!DOCTYPE a><a/>", "<a><!DOCTYPE b></a>", "<?php ?><a/>", "<1/>", "<a", "<a>\u{0}&#xD800;</a>",
        "<a><![CDATA[</a>",
    ])
    func whatIsNoneIsRefused(text: String) {
        #expect(throws: XMLElement.Malformed.self) { try XMLElement(parsing: Array(text.utf8)) }
    }

    @Test func depthAndNumberAreBounded() {
        let deep = String(repeating: "<a>", count: 100_000) + String(repeating: "</a>", count: 100_000)
        #expect(throws: XMLElement.Malformed.self) { try XMLElement(parsing: Array(deep.utf8)) }
        let many = "<a>" + String(repeating: "<b/>", count: 100_000) + "</a>"
        #expect(throws: XMLElement.Malformed.self) { try XMLElement(parsing: Array(many.utf8)) }
    }
}
