/// What leaves the installation, and how it gets there. Knows no business noun and no database.
///
/// - `Mail/`: one message to one person, the bytes it becomes, and who carries them.
package enum Outbound {}
