/// Bounds on expressions. Source: "Quotas in Amazon DynamoDB", expression parameters.
enum ExpressionLimits {
    /// Of the text as it is sent, before names are put in.
    static let bytes = 4_096
    static let operatorsAndFunctions = 300
    static let inOperands = 100
    /// Of `#name` or `:value`.
    static let placeholderBytes = 255
    /// Of all names and values of a request together.
    static let substitutionBytes = 2 * 1_024 * 1_024
    static let attributeNameBytes = 65_535
    /// Steps of a document path: an item nests no deeper ("nested attribute depth").
    static let pathSteps = 32
    /// AWS states no bound for parentheses; more than there may be operators can enclose nothing of use.
    static let nestedParentheses = 300
    /// Indexes of list elements are 32-bit integers.
    static let listIndex = Int(Int32.max)
}
