/// Bounds of item operations. Source: "Quotas in Amazon DynamoDB", and the API reference of each operation.
enum ItemLimits {
    /// Bytes of names and values: "400 KB".
    static let itemSize = 409_600
    /// Levels of lists and maps in an attribute, itself counted.
    static let nesting = 32
    static let partitionKeySize = 2_048
    static let sortKeySize = 1_024
    /// Bytes that one Query or Scan reads, before filtering: "1 MB".
    static let pageSize = 1_048_576
    /// Bytes of values that the conditions of one request look at, every time they do: 160 items of full size. AWS
    /// states no bound beside those of the expression itself.
    static let evaluatedBytes = 64 * 1_048_576
    static let batchGetKeys = 100
    /// Bytes that BatchGetItem returns; further keys come back unprocessed: "16 MB".
    static let batchGetSize = 16 * 1_048_576
    /// Bytes of JSON that BatchGetItem returns: a number of three bytes may take 130 of them.
    static let batchGetText = 4 * batchGetSize
    static let batchWriteRequests = 25
    static let transactionActions = 100
    /// Bytes of all items of a transaction: "4 MB".
    static let transactionSize = 4 * 1_048_576
    static let clientRequestTokenLength = 36
    static let totalSegments = 1_000_000
    static let tableNameLength = 255
    static let tableARNLength = 1_024
    static let indexNameLength = 3...255
}
