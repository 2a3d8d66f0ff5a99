import NIOCore
import Testing

@testable import DataPlane

@Suite("Content codings")
struct ContentCodingTests {
    @Test(
        "the best one that is known is taken, of equal ones the first",
        arguments: [
            ("gzip", "gzip"), ("deflate", "deflate"), ("identity", nil), ("", nil), ("br", nil), ("*", nil),
            ("GZIP", "gzip"), ("gzip, deflate, br", "gzip"), ("deflate, gzip", "deflate"), ("br, gzip", "gzip"),
            ("gzip;q=0.5, deflate;q=0.6", "deflate"), ("gzip ; q=0.5 ,\tdeflate", "deflate"), ("gzip;q=0", nil),
            ("gzip;q=0.000, deflate;q=0.001", "deflate"), ("identity, gzip", nil), ("identity;q=0.5, gzip", "gzip"),
            ("identity;q=1, gzip;q=0.9", nil), ("br;q=1, gzip;q=0.1", nil), ("gzip;q=1.5", nil), ("gzip;q=x", nil),
            ("gzip;level=1", nil), ("gzip;", nil), (",,gzip,,", "gzip"), ("gzip;q=1.000", "gzip"),
            ("gzip;q=0.1234", nil), ("gzip;q=.5", nil),
        ])
    func accepted(field: String, name: String?) {
        var accepted = AcceptedCodings()
        Array(field.utf8).withUnsafeBytes { accepted.add($0) }
        #expect(accepted.preferred.map { "\($0)" } == name)
    }

    @Test("of several fields all count")
    func fields() {
        var accepted = AcceptedCodings()
        for field in ["gzip;q=0.5", "deflate;q=0.7"] { Array(field.utf8).withUnsafeBytes { accepted.add($0) } }
        #expect(accepted.preferred.map { "\($0)" } == "deflate")
    }
}
