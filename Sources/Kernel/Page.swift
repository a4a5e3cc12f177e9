/// A slice of a list, newest first, and where the next one begins.
package struct Page<Item: Sendable>: Sendable {
    package let items: [Item]
    package let nextCursor: String?

    package init(items: [Item], nextCursor: String?) {
        self.items = items
        self.nextCursor = nextCursor
    }

    /// From a query that asked for one row more than `limit`: the extra row only says that there is a next
    /// page.
    package init(asked limit: Int, found: [Item], cursor: (Item) -> String) {
        items = Array(found.prefix(limit))
        nextCursor = found.count > limit ? items.last.map(cursor) : nil
    }

    package func map<Other>(_ transform: (Item) throws -> Other) rethrows -> Page<Other> {
        Page<Other>(items: try items.map(transform), nextCursor: nextCursor)
    }
}

/// What a caller asked of a list: at most `limit` items, after the one that `cursor` names.
package struct PageRequest: Sendable, Equatable {
    package static let largest = 200
    package let limit: Int
    package let cursor: String?

    package init(limit: Int = 50, cursor: String? = nil) {
        self.limit = limit
        self.cursor = cursor
    }
}
