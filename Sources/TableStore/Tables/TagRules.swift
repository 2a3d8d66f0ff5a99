/// What tags must fulfil, in the order and the words of DynamoDB.
extension RequestMembers {
    /// Of TagResource and CreateTable; nil when the request has none.
    func tags() throws(TableError) -> [TableRecord.Tag]? {
        guard let elements = try elements("Tags") else { return nil }
        var tags: [TableRecord.Tag] = []
        var constraints = Constraints()
        for (position, element) in elements.enumerated() {
            let members = try RequestMembers(body, in: element)
            let path = "tags.\(position + 1).member."
            guard let key = try members.string("Key") else { throw TableRecord.Tag.invalidKey("null") }
            guard let value = try members.string("Value") else { throw TableRecord.Tag.invalidValue("null") }
            constraints.text(key, path + "key", 1...TableRecord.Tag.keyLength)
            constraints.text(value, path + "value", 0...TableRecord.Tag.valueLength)
            tags.append(TableRecord.Tag(Key: key, Value: value))
        }
        try constraints.check()
        guard tags.count <= TableRecord.Tag.perTable else { throw .tooManyTags }
        var keys: Set<String> = []
        for tag in tags {
            try TableRecord.Tag.checkKey(tag.Key)
            guard !tag.Key.lowercased().hasPrefix("aws:") else {
                throw .validation("Tag Key cannot be prefixed with aws:, Key: \(tag.Key)")
            }
            guard tag.Value.unicodeScalars.allSatisfy(TableRecord.Tag.isAllowed) else {
                throw TableRecord.Tag.invalidValue(tag.Value)
            }
            guard keys.insert(tag.Key).inserted else {
                throw .validation("Duplicate Tag Keys provided as input: Duplicate Tag Key found \(tag.Key)")
            }
        }
        return tags
    }
}

extension TableRecord.Tag {
    static func checkKey(_ key: String) throws(TableError) {
        guard key.unicodeScalars.allSatisfy(isAllowed) else { throw invalidKey(key) }
    }

    static func invalidKey(_ key: String) -> TableError { .validation("The Tag Key provided is invalid, Key: \(key)") }

    static func invalidValue(_ value: String) -> TableError {
        .validation("The Tag Value provided is invalid, Value: \(value)")
    }

    /// Letters, digits, white space, and `+ - = . _ : /`. Source: "Tagging restrictions in DynamoDB". That list has no
    /// `@`, which AWS's tags have elsewhere, and which addresses of owners need; whether DynamoDB refuses it is unknown.
    static func isAllowed(_ character: Unicode.Scalar) -> Bool {
        let properties = character.properties
        return properties.isAlphabetic || properties.numericType != nil || properties.isWhitespace
            || "+-=._:/@".unicodeScalars.contains(character)
    }
}

extension TableError {
    static let tooManyTags = validation("Number of Tags exceed the current limit for the provided ResourceArn")
}
