/// Conditions on sort keys as bounds on their bytes.
extension SortBounds {
    /// - Parameters:
    ///   - clauses: for the first attributes of the key, all but the last one equalities.
    ///   - count: of the attributes of the key.
    init(_ clauses: [KeyClause], of count: Int) {
        guard let last = clauses.last else {
            self = .all
            return
        }
        guard count > 1 else {
            self.init(last.test)
            return
        }
        var prefix: [UInt8] = []
        for value in clauses.dropLast().compactMap(\.equalValue) { KeyEncoding.appendPart(value, to: &prefix) }
        self.init(last.test, behind: prefix)
    }

    /// Keys of one attribute are the bytes of its value.
    private init(_ test: KeyClause.Test) {
        switch test {
        case .compare(let comparator, let value):
            let bytes = KeyEncoding.bytes([value], of: 1)
            let bound = Bound(bytes: bytes, isIncluded: comparator != .less && comparator != .greater)
            self.init(lower: comparator.bindsBelow ? bound : nil, upper: comparator.bindsAbove ? bound : nil)
        case .between(let lower, let upper):
            self.init(
                lower: Bound(bytes: KeyEncoding.bytes([lower], of: 1), isIncluded: true),
                upper: Bound(bytes: KeyEncoding.bytes([upper], of: 1), isIncluded: true))
        case .beginsWith(let prefix): self = .beginning(with: KeyEncoding.bytes([prefix], of: 1))
        }
    }

    /// Keys of several attributes: those with one value begin with its part, and the parts have the values' order.
    private init(_ test: KeyClause.Test, behind prefix: [UInt8]) {
        var bounds = SortBounds.beginning(with: prefix)
        func keys(with value: AttributeValue) -> SortBounds {
            var part = prefix
            KeyEncoding.appendPart(value, to: &part)
            return .beginning(with: part)
        }
        switch test {
        case .compare(.equal, let value): bounds = keys(with: value)
        case .compare(.less, let value): bounds.upper = keys(with: value).lower?.with(isIncluded: false)
        case .compare(.lessOrEqual, let value): bounds.upper = keys(with: value).upper
        case .compare(.greater, let value): bounds.lower = keys(with: value).upper?.with(isIncluded: true)
        case .compare(.greaterOrEqual, let value): bounds.lower = keys(with: value).lower
        case .compare(.notEqual, _): preconditionFailure("It is refused before.")
        case .between(let lower, let upper):
            bounds.lower = keys(with: lower).lower
            bounds.upper = keys(with: upper).upper
        case .beginsWith(let value):
            var part = prefix
            KeyEncoding.appendBeginning(of: value, to: &part)
            bounds = .beginning(with: part)
        }
        self = bounds
    }
}

extension SortBounds.Bound {
    fileprivate func with(isIncluded: Bool) -> SortBounds.Bound {
        SortBounds.Bound(bytes: bytes, isIncluded: isIncluded)
    }
}

extension Comparator {
    fileprivate var bindsBelow: Bool { self == .equal || self == .greater || self == .greaterOrEqual }
    fileprivate var bindsAbove: Bool { self == .equal || self == .less || self == .lessOrEqual }
}
