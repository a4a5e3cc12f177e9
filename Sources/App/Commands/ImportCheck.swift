import Database
import Foundation
import Insight
import Kernel
import Surveys

/// What an import of a file would do, found out without writing.
struct ImportCheck {
    let file: URL
    let layout: FileLayout
    let plan: ImportPlan
    let installation: Installation

    func result() async throws -> ImportResult {
        let database = installation.database
        var look = ImportLook(plan, at: installation.world.now())
        let source = try ImportSource(file, layout)
        let progress = Progress("rows")
        func next() throws -> ImportedIDs {
            while !look.isFull, try source.next({ look.take($0) }) { progress.show(look.rows) }
            return look.cut()
        }
        var ids = try next()
        while !ids.isEmpty {
            // The next rows are read while these are looked up.
            let some = ids
            async let taken = database.read { tx in try some.taken(in: tx) }
            let following = try next()
            look.note(taken: try await taken)
            ids = following
        }
        progress.end()
        return ImportResult(
            rows: look.rows, recorded: look.recorded, refused: look.refused.values.reduce(0, +),
            reasons: look.refused, isDry: true, wasFinished: false, refusedFile: .nothing)
    }
}
