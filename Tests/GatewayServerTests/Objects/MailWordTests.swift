import Testing

@testable import GatewayServer

/// Words as they were recorded of S3.
@Suite struct MailWordTests {
    @Test(arguments: [
        ("plain _?=\t", "plain _?=\t"),
        ("ÄMÄZÕÑ S3", "=?UTF-8?Q?=C3=84M=C3=84Z=C3=95=C3=91_S3?="),
        (
            "test_—_file%E2%80%94_é_2👑.pdf",
            "=?UTF-8?Q?test=5F=E2=80=94=5Ffile%E2%80%94=5F=C3=A9=5F2=F0=9F=91=91.pdf?="
        ),
        ("\u{0}\u{1}\u{2}\u{3}\u{4}", "=?UTF-8?B?AAECAwQ=?="),
    ])
    func textIsEncoded(text: String, word: String) {
        #expect(MailWord.encoded(text) == word)
    }
}
