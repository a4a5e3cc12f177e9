/// Packed columns: counts of scores under any filter, at the speed of memory.
///
/// - `Blocks/`: up to 16,384 rows, each column in as few bytes as its values need, under a checksum; a file
///   of them per table, mapped and only ever appended to.
/// - `Tables/`: `ColumnTable`, the words behind the codes, full blocks and the rows that fill the next one;
///   `ColumnFolder`, the tables that follow one numbered list, and its checkpoint.
/// - `Cuts/`: what can be asked, and the count.
///
/// **Invariant:** everything here is derived. A file that is missing, cut short or damaged is noticed by its
/// length or checksum, thrown away and made anew; nothing here is the only copy of anything.
package enum Columns {}
