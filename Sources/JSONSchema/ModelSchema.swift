package import JSON

/// A model's schema, compiled once, by which request bodies are validated: JSON Schema draft 4 with the words of
/// json-schema-validator, the library that AWS runs.
package struct ModelSchema: Sendable {
    private let program: SchemaProgram

    /// `models` gives the schemas of the API's other models by name, to which this one and they themselves may refer,
    /// in circles, too. A reference to nothing is an error.
    package init(_ schema: JSONValue, models: @escaping (String) -> JSONValue?) throws(SchemaError) {
        program = try SchemaCompiler.compile(schema, models: models)
    }

    /// Why the body is not valid, or nil if it is.
    package func fault(of body: Span<UInt8>) -> ValidationFault? {
        let tape: Tape
        do throws(JSONError) { tape = try Tape(body) } catch {
            return ValidationFault(messages: [ValidationFault.notJSON])
        }
        do throws(Validation.Stop) {
            var first = Validation(program, body, unescaped: tape.unescaped.span, tape)
            if try first.isValid() { return nil }
            let messages = Messages()
            var second = Validation(program, body, unescaped: tape.unescaped.span, tape, into: messages)
            _ = try second.isValid()
            return ValidationFault(messages: messages.texts)
        } catch {
            switch error {
            case .loop(let message): return ValidationFault(messages: [message])
            case .stepLimitExceeded: return ValidationFault(messages: [ValidationFault.tooManySteps])
            }
        }
    }

    package func fault(of body: [UInt8]) -> ValidationFault? { fault(of: body.span) }
}

/// What is wrong with a request body.
package struct ValidationFault: Error, Hashable, CustomStringConvertible {
    /// Each once. AWS tells them in no order.
    package let messages: [String]

    /// As `$context.error.validationErrorString` and the log have it.
    package var description: String { "[\(messages.joined(separator: ", "))]" }

    static let notJSON = "Unknown error parsing request body"
    /// Not of AWS, which has no such limit that is known.
    static let tooManySteps = "validation of the request body takes too many steps"
}
