package import EntityStore
import GatewayModel
import JSON
import Sealing

extension ControlPlane {
    /// A secret as documents hold it: sealed for one place, in base64.
    ///
    /// - Parameter purpose: such as `access key`.
    /// - Parameter id: what the secret belongs to; nothing else opens it.
    func seal(_ secret: [UInt8], _ purpose: String, _ id: String) throws(ServiceError) -> String {
        do throws(SealingKey.Failure) {
            return Base64.encode(try settings.sealing.seal(secret, for: "\(purpose) \(id)"))
        } catch { throw .internalFailure(error.description) }
    }

    /// nil when the key file is another one.
    func unseal(_ sealed: String, _ purpose: String, _ id: String) -> [UInt8]? {
        Base64.decode(sealed).flatMap { settings.sealing.open($0, for: "\(purpose) \(id)") }
    }

    /// The types of roots that may hold something sealed.
    package static let sealedTypes = [IAM.User.type, Parameter.type, Secret.type]

    /// Whether a stored document holds something that only the server's key opens.
    package static func isSealed(_ entity: Entity) -> Bool {
        guard let document = try? JSONValue(parsing: entity.document) else { return false }
        switch entity.id.kind {
        case IAM.User.type: return document["keys"]?.array?.isEmpty == false
        case Parameter.versionKind: return document["type"]?.string == Parameter.Kind.secure.rawValue
        case Secret.versionKind: return true
        default: return false
        }
    }
}
