/// What happened, in order, and what follows from it.
///
/// A change appends its event in its own transaction (`Ledger.append`): one insert, no wait. The `Follower`
/// then seals events into a gapless order per account, chained by SHA-256 (`Sealer`), and lets each
/// `Consumer` take them in, with a cursor that moves in the transaction of the effect. What is slow or
/// touches the outside becomes a `Job`, which the `Worker` runs at least once.
///
/// - **Invariant:** `events` is only ever inserted into: no update, no delete, no values of a person, so
///   erasing one changes no event and breaks no chain. `ChainVerifier` proves it.
/// - **Invariant:** a consumer never skips an event. One that throws stands still, backs off and is seen.
/// - **Invariant:** who lost a lease can change nothing: completions and seals carry a token that only grows.
/// - **Invariant:** whoever is idle commits nothing: a reader is asked first.
package enum Ledger {}

/// The shape of all names here: two words of small letters and `_`, `noun.verb`.
func isDottedName(_ text: String) -> Bool {
    var (dots, letters) = (0, 0)
    for byte in text.utf8 {
        if byte == UInt8(ascii: "."), letters > 0 {
            (dots, letters) = (dots + 1, 0)
        } else if (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "_") {
            letters += 1
        } else {
            return false
        }
    }
    return dots == 1 && letters > 0
}
