/// What Velocity does with numbers: whole numbers in the larger of both classes and beyond it if need be.
enum Arithmetic {
    /// The result of `left name right`; nil when one is no number, or divided by zero.
    static func work(_ name: Operator?, _ left: Value, _ right: Value) -> Value? {
        guard left.isNumber, right.isNumber else { return nil }
        if name == .divide, isZero(right) { return nil }
        switch (left, right) {
        case (.decimal, _), (_, .decimal): return decimal(name, left, right)
        case (.double, _), (_, .double):
            guard let left = left.doubleValue, let right = right.doubleValue else { return nil }
            switch name {
            case .add: return .double(left + right)
            case .subtract: return .double(left - right)
            case .multiply: return .double(left * right)
            case .divide: return .double(left / right)
            case .modulo: return .double(left.truncatingRemainder(dividingBy: right))
            default: return nil
            }
        default: return whole(name, left, right)
        }
    }

    /// Numbers of many digits take their time.
    static func steps(_ left: Value, _ right: Value) -> Int {
        switch (left, right) {
        case (.decimal(let left), .decimal(let right)): 100 + 2 * left.digits.count * right.digits.count
        // Of a double some hundreds of digits may have to be worked out.
        case (.decimal(let number), _), (_, .decimal(let number)): 4000 + 50 * number.digits.count
        default: 1
        }
    }

    private static func whole(_ name: Operator?, _ left: Value, _ right: Value) -> Value? {
        guard let a = left.longValue, let b = right.longValue else { return nil }
        let result: (partialValue: Int64, overflow: Bool)
        switch name {
        case .add: result = a.addingReportingOverflow(b)
        case .subtract: result = a.subtractingReportingOverflow(b)
        case .multiply: result = a.multipliedReportingOverflow(by: b)
        case .divide: result = a.dividedReportingOverflow(by: b)
        case .modulo:
            // Java throws here, for whole numbers only; there is no result either way.
            guard b != 0 else { return nil }
            result = a.remainderReportingOverflow(dividingBy: b)
        default: return nil
        }
        if result.overflow { return decimal(name, left, right) }
        if case (.integer, .integer) = (left, right) { return Value(result.partialValue) }
        return .long(result.partialValue)
    }

    private static func decimal(_ name: Operator?, _ left: Value, _ right: Value) -> Value? {
        guard let a = left.exact, let b = right.exact else { return nil }
        switch name {
        case .add: return a.adding(b).map { .decimal($0) }
        case .subtract: return a.adding(b.negated).map { .decimal($0) }
        case .multiply: return a.multiplied(by: b).map { .decimal($0) }
        case .divide: return a.divided(by: b).map { .decimal($0) }
        case .modulo: return a.remainder(b).map { .decimal($0) }
        default: return nil
        }
    }

    private static func isZero(_ value: Value) -> Bool {
        switch value {
        case .integer(let number): number == 0
        case .long(let number): number == 0
        case .double(let number): number == 0
        case .decimal(let number): number.isZero
        default: false
        }
    }

    /// Negative, zero or positive; nil unless both are numbers that can be ordered.
    static func order(_ left: Value, _ right: Value) -> Int? {
        switch (left, right) {
        case (.integer(let left), .integer(let right)): return left < right ? -1 : left > right ? 1 : 0
        case (.decimal, _), (_, .decimal):
            guard let left = left.exact, let right = right.exact else { return nil }
            return left.compared(to: right)
        case (.double, _), (_, .double): break
        default:
            guard let left = left.longValue, let right = right.longValue else { return nil }
            return left < right ? -1 : left > right ? 1 : 0
        }
        guard let left = left.doubleValue, let right = right.doubleValue else { return nil }
        // Velocity takes what is neither less nor greater for equal, NaN too.
        return left < right ? -1 : left > right ? 1 : 0
    }
}

extension Value {
    fileprivate var exact: Decimal? {
        switch self {
        case .integer(let number): Decimal(Int64(number))
        case .long(let number): Decimal(number)
        case .decimal(let number): number
        case .double(let number): Decimal(exactly: number)
        default: nil
        }
    }
}
