/// An array that is emptied and filled again for each of a million rows, without giving up its memory: to
/// empty an `Array` costs as much as to read a short row.
struct Refill<Element: Sendable>: Sendable {
    private var storage: [Element] = []
    private(set) var count = 0

    var indices: Range<Int> { 0..<count }

    subscript(index: Int) -> Element {
        get { storage[index] }
        set { storage[index] = newValue }
    }

    mutating func removeAll() { count = 0 }

    mutating func append(_ element: Element) {
        if count < storage.count { storage[count] = element } else { storage.append(element) }
        count += 1
    }

    mutating func append(contentsOf new: UnsafeBufferPointer<Element>) {
        let fits = min(new.count, storage.count - count)
        storage.withUnsafeMutableBufferPointer { all in
            guard let place = all.baseAddress, let first = new.baseAddress else { return }
            (place + count).update(from: first, count: fits)
        }
        if fits < new.count { storage.append(contentsOf: new[fits...]) }
        count += new.count
    }

    func withUnsafeBufferPointer<Result>(
        _ body: (UnsafeBufferPointer<Element>) throws -> Result
    ) rethrows -> Result {
        try storage.withUnsafeBufferPointer { try body(UnsafeBufferPointer(rebasing: $0.prefix(count))) }
    }

    /// In no more memory than it needs.
    var compact: Self {
        var copy = Self()
        (copy.storage, copy.count) = (Array(storage.prefix(count)), count)
        return copy
    }
}
