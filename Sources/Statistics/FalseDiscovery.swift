/// False-discovery control over many tests at once.
package enum FalseDiscovery {
    /// Benjamini & Hochberg (1995), JRSS B 57:289: for each p value, in the order given, the smallest rate of
    /// false discoveries at which it is still one.
    package static func qValues(_ p: [Double]) -> [Double] {
        var q = [Double](repeating: 1, count: p.count)
        var smallest = 1.0
        let falling = p.indices.sorted { p[$0] > p[$1] }
        for (passed, index) in falling.enumerated() {
            smallest = min(smallest, p[index] * Double(p.count) / Double(p.count - passed))
            q[index] = smallest
        }
        return q
    }
}
