/// Why a package cannot be used.
enum PackageError: Error, Equatable {
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
