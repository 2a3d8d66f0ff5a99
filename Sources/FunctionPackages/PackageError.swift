/// Why a package cannot be used.
package enum PackageError: Error, Equatable {
    /// The upload is larger than `FunctionPackages.maximumZippedSize`.
    case zippedTooLarge
    /// The files together are larger than `FunctionPackages.maximumUnzippedSize`.
    case unzippedTooLarge
    /// There is no file in it.
    case empty
    /// It is no zip archive, or one that must not be unpacked; the reason is for people.
    case unreadable(String)
    /// Code that is to be used in place is not there, or is no code; the sentence is for people.
    case unusableFolder(String)
    /// What the code depends on cannot be installed; the text is for people.
    case dependencies(String)
    /// The machine refused: a full disk, missing permission.
    case machine(String)
}

/// Texts of what AWS refuses too as recorded from it; AWS does not say what is wrong with an archive.
extension PackageError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .zippedTooLarge: "Zipped size must be smaller than \(FunctionPackages.maximumZippedSize) bytes"
        case .unzippedTooLarge: "Unzipped size must be smaller than \(FunctionPackages.maximumUnzippedSize) bytes"
        case .empty: "Uploaded file must be a non-empty zip"
        case .unreadable: "Could not unzip uploaded file. Please check your file, then try to upload again."
        case .unusableFolder(let text), .dependencies(let text), .machine(let text): text
        }
    }
}
