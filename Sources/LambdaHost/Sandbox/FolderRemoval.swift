#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Removes a folder and all that is in it, however deep; links are removed, not followed.
///
/// A function may nest folders until no path names them and no stack holds them. So nothing is walked: folders found
/// within others are moved up to the top one and emptied there.
package enum FolderRemoval {
    /// Removes the folder. A file of the name `last` within it goes after everything else.
    package static func remove(_ path: String, last: String? = nil) {
        let top = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        if top >= 0 {
            var moved = 0
            // Every folder met adds its own folders to the top one; what is left when none moves cannot be removed.
            while empty(top, into: top, keeping: last, &moved) {}
            if let last { unlinkat(top, last, 0) }
            close(top)
        }
        rmdir(path)
    }

    /// Empties a folder: files go, empty folders too, and others are emptied in turn, or moved to `top` if they are not
    /// there yet. Answers whether folders were moved, so that there is more to do.
    private static func empty(_ folder: Int32, into top: Int32, keeping kept: String?, _ moved: inout Int) -> Bool {
        // The stream takes a descriptor over.
        let listed = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard listed >= 0, let stream = fdopendir(listed) else {
            if listed >= 0 { close(listed) }
            return false
        }
        defer { closedir(stream) }
        var hasMoved = false
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name == "." || name == ".." || name == kept { continue }
            // The right to change a folder may have been taken from it.
            if unlinkat(folder, name, 0) == 0 || unlinkat(folder, name, AT_REMOVEDIR) == 0 { continue }
            if folder == top {
                var inner = openat(top, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
                if inner < 0, errno == EACCES, fchmodat(top, name, 0o700, 0) == 0 {
                    inner = openat(top, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
                }
                guard inner >= 0 else { continue }
                fchmod(inner, 0o700)
                if empty(inner, into: top, keeping: nil, &moved) { hasMoved = true }
                close(inner)
                unlinkat(top, name, AT_REMOVEDIR)
            } else if move(name, from: folder, to: top, &moved) {
                hasMoved = true
            }
        }
        return hasMoved
    }

    /// Gives the folder a name in `top` that nothing else has there.
    private static func move(_ name: String, from folder: Int32, to top: Int32, _ moved: inout Int) -> Bool {
        while true {
            moved += 1
            if renameat(folder, name, top, "removed-\(moved)") == 0 { return true }
            if errno == EACCES, fchmodat(folder, name, 0o700, 0) == 0,
                renameat(folder, name, top, "removed-\(moved)") == 0
            {
                return true
            }
            guard errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR else { return false }
        }
    }
}
