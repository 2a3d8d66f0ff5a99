import JSON
import Shapes

/// One page of a list, which goes on behind the item that the last page ended with.
struct Page<Item> {
    let items: [Item]
    let next: JSONValue?

    /// - Parameters:
    ///   - all: in an order that stays.
    ///   - limit: the names of the members that bound the page and that continue it.
    init(
        _ all: [Item], _ input: Input, limit: String = "MaxResults", token: String = "NextToken", most: Int = 60,
        by key: (Item) -> String
    ) throws(PoolError) {
        var start = 0
        if let token = input.text(token) {
            guard let index = all.firstIndex(where: { key($0) == token }) else {
                throw .invalid("Invalid pagination token")
            }
            start = index + 1
        }
        let asked = input.integer(limit) ?? most
        let count = asked == 0 ? most : min(asked, most)
        items = Array(all[start...].prefix(count))
        next = start + items.count < all.count ? items.last.map { .string(key($0)) } : nil
    }
}
