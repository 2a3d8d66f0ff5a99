import FunctionPackages
import GatewayModel
package import IAMPolicy
import JSON

/// Code that lies in S3.
package struct CodeObject: Sendable, Equatable {
    package let bucket: String
    package let key: String
    /// Nil is the newest.
    package let version: String?

    package init(bucket: String, key: String, version: String? = nil) {
        self.bucket = bucket
        self.key = key
        self.version = version
    }
}

/// Objects in S3 from which functions and layers have their code. It waits for the disk.
package protocol CodeObjects: Sendable {
    /// Nil where the bucket has none.
    func policy(ofBucket bucket: String) throws(CodeObjectFault) -> PolicyDocument?
    /// Nil when it has more bytes than that.
    func content(of object: CodeObject, upTo limit: Int) throws(CodeObjectFault) -> [UInt8]?
}

/// Why an object cannot be read, as S3 says it.
package struct CodeObjectFault: Error, Equatable {
    package let code: String
    package let message: String

    package init(code: String, message: String) {
        self.code = code
        self.message = message
    }
}

/// The objects that one caller may read.
struct CallerObjects: Sendable {
    private let objects: any CodeObjects
    private let account: AccountIdentity
    private let denial: @Sendable (Permission, PolicyDocument?) -> String?

    /// - Parameter denial: why the caller has not a permission on a bucket with that policy.
    init(
        _ objects: any CodeObjects, account: AccountIdentity,
        denial: @escaping @Sendable (Permission, PolicyDocument?) -> String?
    ) {
        self.objects = objects
        self.account = account
        self.denial = denial
    }

    /// Waits for the disk.
    ///
    /// Source: recorded errors; that of who may not read is known from AWS's users.
    func read(_ object: CodeObject) throws(ServiceError) -> [UInt8] {
        do throws(CodeObjectFault) {
            let permission = Permission(
                object.version == nil ? "s3:GetObject" : "s3:GetObjectVersion",
                on: "arn:\(account.partition):s3:::\(object.bucket)/\(object.key)")
            let policy = try objects.policy(ofBucket: object.bucket)
            if let reason = denial(permission, policy) {
                throw CodeObjectFault(code: "AccessDenied", message: reason)
            }
            guard let content = try objects.content(of: object, upTo: FunctionCode.maximumObjectSize) else {
                throw CodeObjectFault(code: Self.tooLarge, message: "")
            }
            return content
        } catch { throw Self.error(error, object) }
    }

    /// No code of S3's.
    private static let tooLarge = ""

    private static func error(_ fault: CodeObjectFault, _ object: CodeObject) -> ServiceError {
        switch fault.code {
        case tooLarge: ServiceError(.unzippedTooLarge)
        case "InternalError": .internalFailure("The package could not be read: \(fault.message)")
        case "AccessDenied":
            ServiceError(
                "AccessDeniedException", status: 403,
                "Your access has been denied by S3, please make sure your request credentials have permission to "
                    + "GetObject for \(object.bucket)/\(object.key). S3 Error Code: AccessDenied. S3 Error Message: "
                    + fault.message, details: ["Type": "User"], messageMember: "Message")
        default:
            .invalidParameter(
                "Error occurred while GetObject. S3 Error Code: \(fault.code). S3 Error Message: \(fault.message)")
        }
    }
}
