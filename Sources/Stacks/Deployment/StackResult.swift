/// What a deployment came to.
package struct StackResult: Sendable {
    /// To be given to the next deployment.
    package let record: StackRecord
    /// Outputs, APIs with their routes, functions.
    package let deployment: StackDeployment
    /// Empty when the template is what was deployed already.
    package let changes: [ResourceChange]
    /// Functions made, changed or deleted.
    package let changedFunctions: Int
    /// Routes that are new, gone, or lead elsewhere.
    package let changedRoutes: Int
    /// What the management API said of parts that it left out.
    package let warnings: [String]
}

/// Why a stack is not as it was asked to be.
package struct StackFailure: Error, Sendable {
    /// With the file and the lines of the template, where a line is to blame.
    package let error: TemplateError
    /// The stack as it is now; nil when nothing of it is left.
    package let record: StackRecord?

    package init(error: TemplateError, record: StackRecord?) {
        self.error = error
        self.record = record
    }
}
