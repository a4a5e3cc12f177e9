package import Kernel

/// The right to do something alone for a while. Its token grows with each new holder, so that work done under
/// an old one can be told and refused.
package struct Lease: Equatable, Sendable {
    package let name: String
    package let holder: String
    package let token: Int64
    package let until: Timestamp
}

/// Somebody else holds it by now: what was done under it must not be written.
package struct LeaseLost: Error, Equatable, Sendable {
    package let name: String
}
