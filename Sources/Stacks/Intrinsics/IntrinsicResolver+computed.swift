import GatewayModel
import JSON

/// The functions that make a value from other values alone.
extension IntrinsicResolver {
    func computed(_ intrinsic: Intrinsic, line: Int) throws(Failure) -> TemplateValue? {
        switch intrinsic {
        case .join(let separator, let items): return try join(items, separator, line: line)
        case .split(let separator, let value):
            let text = try text(value, "Fn::Split takes a string", line)
            // What is not known yet is in none of its parts or in all.
            if isForecast, UnknownText.stands(in: text) { return .list([.string(text, line: line)], line: line) }
            var items: [TemplateValue] = []
            for piece in text.split(separator: separator, omittingEmptySubsequences: false) {
                items.append(try spent(String(piece), line: line))
            }
            return .list(items, line: line)
        case .select(let index, let items): return try select(index, items, line: line)
        case .base64(let value):
            let text = try text(value, "every Fn::Base64 object must have a String-typed value.", line)
            if isForecast, UnknownText.stands(in: text) { return try spent(text, line: line) }
            return try spent(Base64.encode(Array(text.utf8)), line: line)
        case .length(let value):
            return TemplateValue(.number("\(try list(value, "Fn::Length", line).count)"), line: line)
        case .toJsonString(let value):
            guard let resolved = try resolve(value), resolved.map != nil || resolved.list != nil else {
                throw Failure(message: "Fn::ToJsonString takes a map or a list", line: line)
            }
            return try spent(resolved.json.text, line: line)
        case .cidr(let block, let count, let bits): return try cidr(block, count, bits, line: line)
        case .getAZs(let region): return try zones(region, line: line)
        default: return nil
        }
    }

    private func join(_ items: TemplateValue, _ separator: String, line: Int) throws(Failure) -> TemplateValue {
        var texts: [String] = []
        for item in try list(items, "Fn::Join", line) {
            guard let text = item.text else {
                throw Failure(message: "Template error: every item of Fn::Join must be a string", line: line)
            }
            // AWS shows the whole as not known; of Fn::Sub it shows what is.
            if isForecast, UnknownText.stands(in: text) { return .string(text, line: line) }
            try spend(text.utf8.count + separator.utf8.count, line: line)
            texts.append(text)
        }
        return .string(texts.joined(separator: separator), line: line)
    }

    private func select(
        _ index: TemplateValue, _ items: TemplateValue, line: Int
    ) throws(Failure) -> TemplateValue {
        let list = try list(items, "Fn::Select", line)
        guard let position = try resolve(index)?.integer else {
            throw Failure(message: "Template error: the index of Fn::Select must be an integer", line: line)
        }
        guard list.indices.contains(position) else {
            // What a resource gives that does not exist yet may have as many parts as it likes.
            if isForecast, let unknown = list.first(where: { $0.text.map(UnknownText.stands) ?? false }) {
                return unknown
            }
            throw Failure(
                message: "Template error: Fn::Select cannot select nonexistent value at index \(position)", line: line)
        }
        return list[position]
    }

    private func cidr(
        _ block: TemplateValue, _ count: TemplateValue, _ bits: TemplateValue?, line: Int
    ) throws(Failure) -> TemplateValue {
        let text = try text(block, "the IP block of Fn::Cidr must be a string", line)
        guard let block = IPv4Block(text) else {
            throw Failure(message: "Fn::Cidr takes IPv4 blocks; \(text) is not supported yet", line: line)
        }
        var width = block.hostBits
        if let bits {
            guard let given = try resolve(bits)?.integer else {
                throw Failure(message: "Template error: the bits of Fn::Cidr must be an integer", line: line)
            }
            width = given
        }
        guard let count = try resolve(count)?.integer, (1...TemplateLimits.cidrBlocks).contains(count),
            let blocks = block.subdivided(into: count, hostBits: width)
        else {
            throw Failure(
                message: "Template error: Fn::Cidr cannot make that many blocks of that size in \(text)", line: line)
        }
        var list: [TemplateValue] = []
        for block in blocks { list.append(try spent(block.text, line: line)) }
        return .list(list, line: line)
    }

    /// There are no zones here; the names are those that most regions have.
    private func zones(_ region: TemplateValue, line: Int) throws(Failure) -> TemplateValue {
        let given = try text(region, "Fn::GetAZs takes the name of a region", line)
        let region = given.isEmpty ? pseudoParameters.account.region : given
        return .list(["a", "b", "c"].map { .string(region + $0, line: line) }, line: line)
    }

    private func list(_ value: TemplateValue, _ name: String, _ line: Int) throws(Failure) -> [TemplateValue] {
        guard let list = try resolve(value)?.list else {
            throw Failure(
                message: "Template error: \(name) takes a list or a function that returns a list", line: line)
        }
        return list
    }
}
