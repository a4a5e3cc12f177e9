import CAssets

/// The files that the binary carries inside: `catalogs/<language>/<area>.json`, `templates/<name>.mustache`
/// and everything of the front end under `assets/`.
package enum Assets {
    /// One such file. Its bytes live as long as the process, so nothing is copied.
    package struct File: @unchecked Sendable {
        package let name: String
        package let bytes: UnsafeRawBufferPointer

        package var text: String { String(decoding: bytes, as: UTF8.self) }
    }

    /// In the order of the names' bytes.
    package static let all: [File] = (0..<rapport_asset_count()).map { index in
        let asset = rapport_asset_at(index)
        return File(
            name: String(cString: asset.name),
            bytes: UnsafeRawBufferPointer(start: asset.bytes, count: asset.length))
    }

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    package static func named(_ name: String) -> File? { byName[name] }

    /// All whose names begin so, `templates/` for example.
    package static func under(_ folder: String) -> [File] { all.filter { $0.name.hasPrefix(folder) } }
}
