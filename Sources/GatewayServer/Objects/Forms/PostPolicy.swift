import GatewayModel
import JSON
import ObjectStore
import SigV4

/// A form's policy document: until when it may be sent, and what its fields may say.
/// Source: S3 API Reference, sigv4-HTTPPOSTConstructPolicy; recorded refusals.
struct PostPolicy {
    private let conditions: [Condition]

    /// - Parameter text: in base64, as the form has it.
    init(_ text: String, now: Timestamp) throws(ObjectError) {
        guard let bytes = Base64.decode(String(decoding: text.utf8.filter { $0 != 0x0D && $0 != 0x0A }, as: UTF8.self)),
            let document = (try? JSONValue(parsing: bytes))?.object
        else { throw Self.invalid("Invalid JSON.") }
        guard let end = document["expiration"] else { throw Self.invalid("Policy missing expiration.") }
        guard let time = end.string.flatMap(Self.time) else {
            throw Self.invalid("Invalid 'expiration' value: '\(end.string ?? "")'")
        }
        guard let list = document["conditions"] else { throw Self.invalid("Policy missing conditions.") }
        guard let list = list.array else { throw Self.invalid("Invalid 'conditions' value: must be a List.") }
        var conditions: [Condition] = []
        for value in list { conditions.append(try Condition(value)) }
        self.conditions = conditions
        guard now < time else { throw Self.failed("Policy expired.") }
    }

    /// Refuses fields that are not as the policy says, or of which it says nothing.
    ///
    /// - Parameter fields: their names in small letters; the bucket among them.
    /// - Returns: bytes that the file may have.
    func check(_ fields: [String: String]) throws(ObjectError) -> ClosedRange<Int>? {
        var range: ClosedRange<Int>?
        for condition in conditions {
            if let length = condition.length, range?.overlaps(length) ?? true {
                range = range?.clamped(to: length) ?? length
            } else if !condition.holds(for: fields) {
                throw Self.failed("Policy Condition failed: \(condition.written)")
            }
        }
        let known = Set(conditions.compactMap(\.field))
        let extra = fields.keys.filter { name in
            !known.contains(name) && !Self.free.contains(name) && !name.hasPrefix("x-ignore-")
        }
        guard extra.isEmpty else {
            throw Self.failed("Extra input fields: \(extra.sorted().joined(separator: ", "))")
        }
        return range
    }

    /// Those of which a policy need not speak.
    private static let free: Set = ["policy", "x-amz-signature", "signature", "awsaccesskeyid", "bucket"]

    /// `2007-12-01T12:00:00Z`, with a fraction or without.
    private static func time(_ text: String) -> Timestamp? {
        guard text.hasSuffix("Z") else { return nil }
        let whole = text.dropLast().prefix { $0 != "." }
        return SignatureClaim.time(of: whole.filter { $0 != "-" && $0 != ":" } + "Z")
    }

    private static func invalid(_ message: String) -> ObjectError {
        ObjectError("InvalidPolicyDocument", status: 400, "Invalid Policy: \(message)")
    }

    private static func failed(_ message: String) -> ObjectError {
        ObjectError("AccessDenied", status: 403, "Invalid according to Policy: \(message)")
    }

    /// One thing that a policy asks for.
    private struct Condition {
        let operation: String
        /// `$key`, or the least number of bytes.
        let first: String
        let second: String
        /// As refusals show it.
        let written: String

        init(_ value: JSONValue) throws(ObjectError) {
            if let object = value.object {
                guard object.count == 1, let (name, value) = object.members.first else {
                    throw PostPolicy.invalid(
                        "Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.")
                }
                guard let text = value.string else {
                    throw PostPolicy.invalid("Invalid Simple-Condition: value must be a string.")
                }
                self.init("eq", .string("$\(name)"), .string(text))
                return
            }
            guard let list = value.array, list.count == 3, let operation = list[0].string else {
                throw PostPolicy.invalid("Invalid Condition: must be an Object or a List of three.")
            }
            let isLength = operation == "content-length-range"
            guard isLength || operation == "eq" || operation == "starts-with" else {
                throw PostPolicy.invalid("Invalid Condition: unknown operation '\(operation)'.")
            }
            guard list.dropFirst().allSatisfy({ $0.string != nil || isLength && $0.integer != nil }) else {
                throw PostPolicy.invalid("Invalid Condition: wrong type of value for '\(operation)'.")
            }
            self.init(operation, list[1], list[2])
        }

        private init(_ operation: String, _ first: JSONValue, _ second: JSONValue) {
            self.operation = operation
            self.first = first.string ?? first.text
            self.second = second.string ?? second.text
            written = "[\([.string(operation), first, second].map(\.text).joined(separator: ", "))]"
        }

        /// Of the file; nil where it says nothing of that, or nothing that can be.
        var length: ClosedRange<Int>? {
            guard operation == "content-length-range", let least = Int(first), let most = Int(second), least >= 0,
                least <= most
            else { return nil }
            return least...most
        }

        /// In small letters; nil where none is meant.
        var field: String? {
            operation != "content-length-range" && first.hasPrefix("$") ? first.dropFirst().lowercased() : nil
        }

        func holds(for fields: [String: String]) -> Bool {
            guard let field, let value = fields[field] else { return false }
            guard operation == "starts-with" else { return value.isSame(as: second) }
            // Types with commas between them are a list.
            guard field == "content-type" else { return value.begins(with: second) }
            return value.split(separator: ",", omittingEmptySubsequences: false)
                .allSatisfy { $0.drop { $0 == " " }.hasPrefix(second) }
        }
    }
}
