/// Words that requests choose from. The cases stand in the order in which DynamoDB's messages list them.
protocol RequestChoice: RawRepresentable<String>, CaseIterable, Sendable {}

enum ReturnValues: String, RequestChoice {
    case allNew = "ALL_NEW"
    case updatedOld = "UPDATED_OLD"
    case allOld = "ALL_OLD"
    case none = "NONE"
    case updatedNew = "UPDATED_NEW"
}

enum ReturnConsumedCapacity: String, RequestChoice {
    case indexes = "INDEXES"
    case total = "TOTAL"
    case none = "NONE"
}

enum ReturnItemCollectionMetrics: String, RequestChoice {
    case size = "SIZE"
    case none = "NONE"
}

enum ReturnValuesOnConditionCheckFailure: String, RequestChoice {
    case allOld = "ALL_OLD"
    case none = "NONE"
}

enum Select: String, RequestChoice {
    case specificAttributes = "SPECIFIC_ATTRIBUTES"
    case count = "COUNT"
    case allAttributes = "ALL_ATTRIBUTES"
    case allProjectedAttributes = "ALL_PROJECTED_ATTRIBUTES"
}
