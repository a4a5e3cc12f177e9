/// The people who are asked.
///
/// - `Customers/`: a customer, found or made by the caller's own id, an e-mail address or a phone number.
/// - `CustomerEvents/`: what the account says happened to one.
/// - `Consents/`: who agreed to be asked. `Restrictions/`: whose data is left alone. `Reach/`: where one is
///   reached.
///
/// **Invariant:** addresses and numbers stand in `contact_points` and nowhere else, but for the mails that a
/// trial keeps instead of sending them. **Invariant:** erasing a person leaves scores and events, and nothing
/// that says whose they were.
package enum Customers {}
