/// Attributes by name, in the order of their names' bytes.
package struct Item: Sendable, Equatable {
    package private(set) var attributes: [(name: String, value: AttributeValue)] = []

    package init() {}

    /// Attributes as a text had them; of equal names the last one counts.
    init(unordered attributes: [(name: String, value: AttributeValue)]) {
        let isOrdered = zip(attributes, attributes.dropFirst()).allSatisfy {
            ByteOrder.compare($0.name, $1.name) < 0
        }
        guard !isOrdered else {
            self.attributes = attributes
            return
        }
        // Sorting keeps the order of equal names.
        for attribute in attributes.sorted(by: { ByteOrder.compare($0.name, $1.name) < 0 }) {
            if let last = self.attributes.last, ByteOrder.areEqual(last.name, attribute.name) {
                self.attributes.removeLast()
            }
            self.attributes.append(attribute)
        }
    }

    package var isEmpty: Bool { attributes.isEmpty }
    package var count: Int { attributes.count }

    package subscript(name: String) -> AttributeValue? {
        get {
            let (position, isFound) = position(of: name)
            return isFound ? attributes[position].value : nil
        }
        set {
            let (position, isFound) = position(of: name)
            switch (isFound, newValue) {
            case (true, let value?): attributes[position].value = value
            case (true, nil): attributes.remove(at: position)
            case (false, let value?): attributes.insert((name, value), at: position)
            case (false, nil): break
            }
        }
    }

    /// Bytes of names and values.
    package var size: Int { attributes.reduce(0) { $0 + $1.name.utf8.count + $1.value.size } }

    package static func == (left: Item, right: Item) -> Bool {
        left.count == right.count
            && zip(left.attributes, right.attributes).allSatisfy {
                ByteOrder.areEqual($0.name, $1.name) && $0.value == $1.value
            }
    }

    /// Where the name is, or would be.
    private func position(of name: String) -> (Int, isFound: Bool) {
        var low = 0
        var high = attributes.count
        while low < high {
            let middle = (low + high) / 2
            let order = ByteOrder.compare(attributes[middle].name, name)
            if order == 0 { return (middle, true) }
            if order < 0 { low = middle + 1 } else { high = middle }
        }
        return (low, false)
    }
}
