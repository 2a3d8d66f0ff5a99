import Testing
import NIOCore
@testable import HTTPFront
@Test func probe() {
    let h = "GET / HTTP/1.1\r\nHost: a\r\n"
    let c = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    var texts = [h+"\r\n", "FOO / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", "CONNECT / HTTP/1.1\r\nHost: a\r\n\r\n",
      "CONNECT http://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
      "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "GET HTTPS://b:8/ HTTP/1.1\r\nHost: a\r\n\r\n", "GET http://[::1]:8/ HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET http://b:/ HTTP/1.1\r\nHost: a\r\n\r\n", "GET http://b_~/ HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a \t\r\n\r\n", h+"X:\r\n\r\n", h+"X: \t \r\n\r\n", h+"X: \u{E9}\r\n\r\n", h+"Content-Length: 0005\r\n\r\nabcde",h+"Content-Length: 00000000000000005\r\n\r\nabcde",h+"Content-Length: 999999999999999999\r\n\r\nabcde",
      h+"Connection: close\r\n\r\n"+h+"\r\n", h+"Connection: a, close ,b\r\n\r\n", h+"Connection: \"close\"\r\n\r\n", h+"Connection:\tclose\r\n\r\n",h+"Connection: keep-alive\r\nConnection: close\r\n\r\n",h+"Connection: close\r\nConnection: keep-alive\r\n\r\n",h+"Connection: close,keep-alive\r\n\r\n", h+"Connection: close\t\r\n\r\n", h+"Connection: close,\r\n\r\n", h+"Connection: ,close\r\n\r\n",h+"Connection: keep-alive,close\r\n\r\n",
      "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n","GET / HTTP/1.0\r\nConnection: close, keep-alive\r\n\r\n","GET / HTTP/1.0\r\nConnection: close\r\nConnection: keep-alive\r\n\r\n","GET / HTTP/1.0\r\nConnection: keep-alive\r\nConnection: close\r\n\r\n",
      "\r\n\r\n"+h+"\r\n", "\r\n\r\n\r\n"+h+"\r\n", h+"Upgrade: x\r\n\r\n"+h+"\r\n", h+"Connection: upgrade\r\nUpgrade: x\r\n\r\n"+h+"\r\n", "POST / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\nContent-Length: 2\r\n\r\nab"+h+"\r\n",
      h+"Transfer-Encoding: chunked \r\n\r\n0\r\n\r\n", h+"Transfer-Encoding: CHUNKED\t\r\n\r\n0\r\n\r\n",  h+"Transfer-Encoding: \tCHUNKED\r\n\r\n0\r\n\r\n",
      ]
    for u in 0x21...0x7E { if u == 0x23 {continue}; texts.append("GET /\(Unicode.Scalar(UInt8(u))) HTTP/1.1\r\nHost: a\r\n\r\n") }
    for u in 0x21...0x7E { if u == 0x23 {continue}; texts.append("GET /?\(Unicode.Scalar(UInt8(u))) HTTP/1.1\r\nHost: a\r\n\r\n") }
    for u in 0x80...0xFF { texts.append("GET / HTTP/1.1\r\nHost: a\r\nX: \(Unicode.Scalar(UInt8(u)))\r\n\r\n") }
    for u in 0x00...0xFF { texts.append(c+"1;\(Unicode.Scalar(UInt8(u)))=\u{21}\r\na\r\n0\r\n\r\n") }
    for u in 0x00...0xFF { texts.append(c+"1;a=\(Unicode.Scalar(UInt8(u)))\r\na\r\n0\r\n\r\n") }
    for u in 0x00...0xFF { texts.append(c+"1;a\(Unicode.Scalar(UInt8(u)))\r\na\r\n0\r\n\r\n") }
    for u in 0x00...0xFF { texts.append(c+"1;a=b\(Unicode.Scalar(UInt8(u)))\r\na\r\n0\r\n\r\n") }
    for u in 0x00...0xFF { texts.append(c+"1\r\na\r\n0\r\nA:\(Unicode.Scalar(UInt8(u)))\r\n\r\n") }
    texts += [c+"1;\r\na\r\n0\r\n\r\n", c+"1;;\r\na\r\n0\r\n\r\n",c+"1; \r\na\r\n0\r\n\r\n",c+"1;a;b\r\na\r\n0\r\n\r\n",c+"1;a=\"b c\"\r\na\r\n0\r\n\r\n",c+"1;a=\"b\\\"\"\r\na\r\n0\r\n\r\n",c+"1;a=\"b\r\na\r\n0\r\n\r\n", c+"000001\r\na\r\n000\r\n\r\n", c+"00000000000000001\r\na\r\n0\r\n\r\n", c+"0\r\nA:\r\n\r\n", c+"0\r\nA: \r\nB:\r\n\r\n", c+"0\r\nContent-Length: 4\r\n\r\n", c+"0\r\nTransfer-Encoding: chunked\r\n\r\n", c+"0\r\nTransfer-Encoding: x\r\n\r\n", c+"0;a=b\r\n\r\n", c+"0\r\nConnection: close\r\n\r\n"+h+"\r\n", c+"0\r\nUpgrade: close\r\n\r\n"+h+"\r\n"]
    for t in texts {
        let b = Array(ByteBuffer(latin1: t).readableBytesView)
        let o = FrontReader(b), l = LLHTTPReader(b)
        if !(o.requests == l.requests), o.requests.contains(where: \.isComplete) { print("PROBE", t.debugDescription, o.isRefused ? "R" : "", o.requests, "|||", l.requests, l.error as Any) }
    }
}
