import NIOCore
import NIOSSL

extension ServerSettings {
    /// Whoever reaches the management API could run code here: beyond loopback it asks for credentials, and nobody must be
    /// able to listen in.
    func checkListener() throws(StartError) {
        guard !listen.isLoopback else { return }
        guard requiresCredentials else {
            throw StartError(
                """
                The management API cannot listen on \(listen.text) for everybody: whoever reaches it could run code here. \
                Add --require-credentials (gatehouse keys create makes the first key), or use a loopback address \
                (--listen 127.0.0.1:4566) and --traffic \(listen.text) for API calls.
                """)
        }
        guard tls != nil || allowsPlainListener else {
            throw StartError(
                """
                The management API cannot listen on \(listen.text) without encryption: what is sent to it holds secrets. \
                Add --tls-certificate and --tls-key, or --insecure-listen if something in front of it encrypts.
                """)
        }
    }
}

/// Encrypts the connections of the management listener.
enum ManagementTLS {
    static func setUp(_ files: TLSFiles) throws -> @Sendable (any Channel) throws -> Void {
        let certificates: [NIOSSLCertificate]
        do { certificates = try NIOSSLCertificate.fromPEMFile(files.certificate) } catch {
            throw StartError("The certificate in \(files.certificate) cannot be read: it is no file in PEM.")
        }
        let key: NIOSSLPrivateKey
        do { key = try NIOSSLPrivateKey(file: files.key, format: .pem) } catch {
            throw StartError("The private key in \(files.key) cannot be read: it is no file in PEM.")
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: certificates.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        let context: NIOSSLContext
        do { context = try NIOSSLContext(configuration: configuration) } catch {
            throw StartError("\(files.key) is not the key of the certificate in \(files.certificate).")
        }
        return { channel in
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
        }
    }
}
