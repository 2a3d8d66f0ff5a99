import ControlPlane
import HTTPFront

/// Keeps web pages away from the management API: it creates functions, so a page that a developer happens to visit must
/// not be able to call it.
enum BrowserGuard {
    /// A request that a browser sent for a page, or one for a host name that should not lead here (DNS rebinding).
    static func refusal(_ head: RequestHead, anyHost: Bool) -> ServiceError? {
        if head.contains(.origin) || hasFetchMetadata(head) {
            return denied("The management API does not answer web pages (the request has an Origin).")
        }
        return anyHost ? nil : hostRefusal(head)
    }

    /// One for a host name that should not lead here.
    static func hostRefusal(_ head: RequestHead) -> ServiceError? {
        let host = head.string(head.host)
        guard OwnHost.leadsHere(host) else {
            return denied("The management API does not answer for the host '\(host)'. Use localhost or 127.0.0.1.")
        }
        return nil
    }

    private static func hasFetchMetadata(_ head: RequestHead) -> Bool {
        head.withBytes { bytes in
            for field in head.fields where field.known == .other && field.name.count == 14 {
                let name = UnsafeRawBufferPointer(rebasing: bytes[field.name.range])
                guard ASCII.equalsIgnoringCase(name, "sec-fetch-site") else { continue }
                // Typed into the address bar: the person's own doing.
                return !ASCII.equalsIgnoringCase(UnsafeRawBufferPointer(rebasing: bytes[field.value.range]), "none")
            }
            return false
        }
    }

    private static func denied(_ message: String) -> ServiceError {
        ServiceError("AccessDeniedException", status: 403, message)
    }
}
