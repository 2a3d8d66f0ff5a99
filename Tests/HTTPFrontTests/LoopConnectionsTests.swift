import NIOEmbedded
import Testing

@testable import HTTPFront

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

@Suite("What a loop's connections share")
struct LoopConnectionsTests {
    @Test("the date is the one of RFC 9110 section 5.6.7")
    func date() {
        let before = time(nil)
        let line = LoopConnections(eventLoop: EmbeddedEventLoop()).dateLine().latin1
        let after = time(nil)
        #expect((before...after).map(imfFixdate).contains(line))
    }

    /// The C library's rendering; tests run in the C locale.
    private func imfFixdate(_ second: time_t) -> String {
        var second = second
        var parts = tm()
        gmtime_r(&second, &parts)
        var text = [CChar](repeating: 0, count: 64)
        let length = strftime(&text, text.count, "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &parts)
        return text.prefix(length).map { UInt8(bitPattern: $0) }.latin1
    }
}
