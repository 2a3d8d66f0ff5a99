import GatewayModel
import JSON
import Shapes

extension SecretsManager {
    static var passwords: [String: TargetOperation] {
        [
            "GetRandomPassword": TargetOperation(RandomPassword.members + [.may("PasswordLength", .integer(1...4_096))])
            {
                _, call throws(ServiceError) in
                let password = try RandomPassword(call.input, length: call.input.integer("PasswordLength"))
                return ["RandomPassword": .string(password.text)]
            }
        ]
    }
}

/// A password as GetRandomPassword makes it: every kind of character that is wanted stands in it.
struct RandomPassword {
    let text: String

    static let members: [Shape.Member] = [
        .may("ExcludeCharacters", .text(0...4_096)), .may("ExcludeNumbers", .boolean),
        .may("ExcludePunctuation", .boolean), .may("ExcludeUppercase", .boolean), .may("ExcludeLowercase", .boolean),
        .may("IncludeSpace", .boolean), .may("RequireEachIncludedType", .boolean),
    ]

    private static let standardLength = 32
    private static let kinds = [
        ("ExcludeLowercase", "abcdefghijklmnopqrstuvwxyz"), ("ExcludeUppercase", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
        ("ExcludeNumbers", "0123456789"), ("ExcludePunctuation", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"),
    ]

    init(_ input: Input, length: Int?) throws(ServiceError) {
        let length = length ?? Self.standardLength
        let excluded = Set(input.text("ExcludeCharacters") ?? "")
        var kinds = Self.kinds.filter { input.flag($0.0) != true }.map { Array($0.1) }
        if input.flag("IncludeSpace") == true { kinds.append([" "]) }
        kinds = kinds.map { $0.filter { !excluded.contains($0) } }.filter { !$0.isEmpty }
        let all = kinds.flatMap(\.self)
        guard !all.isEmpty else {
            throw SecretError.parameter("No characters are left to make a password of: fewer have to be excluded.")
        }
        var random = SystemRandomNumberGenerator()
        var characters: [Character] = []
        if input.flag("RequireEachIncludedType") ?? true {
            guard length >= kinds.count else {
                throw SecretError.parameter(
                    "Password length \(length) is too short based on the required types.")
            }
            characters = kinds.compactMap { $0.randomElement(using: &random) }
        }
        while characters.count < length { characters.append(all[Int.random(in: 0..<all.count, using: &random)]) }
        text = String(characters.shuffled(using: &random))
    }
}
