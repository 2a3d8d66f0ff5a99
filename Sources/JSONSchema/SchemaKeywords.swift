internal import JSON

/// The keywords of draft 4, and where schemas stand in a schema.
enum SchemaKeywords {
    static let known: Set<String> = [
        "$ref", "$schema", "additionalItems", "additionalProperties", "allOf", "anyOf", "default", "definitions",
        "dependencies", "description", "enum", "exclusiveMaximum", "exclusiveMinimum", "format", "id", "items",
        "maxItems", "maxLength", "maxProperties", "maximum", "minItems", "minLength", "minProperties", "minimum",
        "multipleOf", "not", "oneOf", "pattern", "patternProperties", "properties", "required", "title", "type",
        "uniqueItems",
    ]

    private static let maps = ["definitions", "dependencies", "patternProperties", "properties"]
    private static let lists = ["allOf", "anyOf", "items", "oneOf"]
    private static let singles = ["additionalItems", "additionalProperties", "items", "not"]

    /// The schemas right inside a schema, with the way to each. Of `dependencies` and the `additional…` only those that are
    /// objects: what else may stand there is no schema.
    static func children(of schema: JSONObject) -> [(steps: [String], schema: JSONValue)] {
        var children: [([String], JSONValue)] = []
        for keyword in maps {
            for (name, child) in schema[keyword]?.object?.members ?? []
            where keyword != "dependencies" || child.object != nil {
                children.append(([keyword, name], child))
            }
        }
        for keyword in lists {
            for (position, child) in (schema[keyword]?.array ?? []).enumerated() {
                children.append(([keyword, String(position)], child))
            }
        }
        for keyword in singles {
            if let child = schema[keyword], child.object != nil || keyword == "not" {
                children.append(([keyword], child))
            }
        }
        return children
    }
}
