import JSON
import Shapes

/// One operation of the service `cognito-idp`: what its input may be, and what it does.
struct PoolOperation: Sendable {
    typealias Perform = @Sendable (UserPools, Input) async throws(PoolError) -> JSONObject

    let name: String
    let members: [Shape.Member]
    let perform: Perform

    init(_ name: String, _ members: [Shape.Member], _ perform: @escaping Perform) {
        self.name = name
        self.members = members
        self.perform = perform
    }

    /// By name.
    static let all: [String: PoolOperation] = {
        let lists = [
            pools, poolTags, domains, resourceServers, clients, groups, adminUsers, adminChanges, listUsers, signUp,
            passwordReset, signIn, ownAccount, mfa,
        ]
        var all: [String: PoolOperation] = [:]
        for operation in lists.joined() { all[operation.name] = operation }
        return all
    }()
}

extension Input {
    /// A list of names with values; of a name that stands twice the last one counts.
    func attributes(_ name: String) -> OrderedMap<String> {
        OrderedMap(
            (self[name]?.array ?? []).compactMap { one in
                one["Name"]?.string.map { ($0, one["Value"]?.string ?? "") }
            })
    }
}

extension UserPools {
    /// Answers one call.
    ///
    /// - Parameter operation: what follows `AWSCognitoIdentityProviderService.` in X-Amz-Target.
    package func respond(to operation: String, _ body: [UInt8]) async -> PoolAnswer {
        guard let found = PoolOperation.all[operation] else {
            return (RefusedOperations.reason(operation) ?? .unknownOperation(operation)).answer
        }
        do throws(PoolError) {
            let input: Input
            do throws(ShapeFault) { input = try Input(parsing: body, found.members) } catch { throw PoolError(error) }
            return PoolAnswer(status: 200, body: try await found.perform(self, input))
        } catch {
            return error.answer
        }
    }
}
