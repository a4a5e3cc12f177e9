/// What the answers say: counts that follow the sealed events, scores with their limits, the overview,
/// reports.
///
/// - `Counts/`: `ScoreDays`, a consumer that keeps one cell for each raw score, day and value of one
///   dimension.
/// - `Columns/`: `ScoreColumns`, packed columns that each serving process keeps for cuts that no cell covers.
/// - `Scores/`: `ScoreQuery`, answered from cells where they cover it, else from columns and the rows that
///   came
///   after them, else from the rows alone: right and slower.
/// - `Overview/`: the first page: what a colleague would say, and its evidence.
/// - `Coverage/`: whom a survey asked, who was passed over, and what became of it.
/// - `Figures/`: `Figure`, the only shape in which a score leaves the product.
///
/// **Invariant:** a cell is moved by sealed events alone, in the transaction of its cursor; `verify` recounts
/// all of them from the rows and must find no difference. No score leaves without n and limits.
package enum Insight {}
