/// What leaves the installation, and how it gets there. Knows no business noun and no database.
///
/// - `Mail/`: one message to one person, the bytes it becomes, and who carries them.
/// - `Addresses/`: which places may be called. `Hooks/`: posting to those that an account names.
package enum Outbound {}
