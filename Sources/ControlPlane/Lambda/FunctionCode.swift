import EntityStore
import FunctionPackages
import GatewayModel

/// Where the code of a function comes from: `Code` of CreateFunction, the members of UpdateFunctionCode themselves.
enum FunctionCode: Sendable {
    /// An archive of less than so many bytes.
    case zip([UInt8], limit: Int)
    /// A folder of this machine, which is copied.
    case folder(String)
    /// A package in S3, and by whose right it is read.
    case object(CodeObject, CallerObjects)

    /// The bucket that stands for this machine's own folders, for calls that may name them: the template's deployer
    /// passes a local `CodeUri` as `{"S3Bucket": "gatehouse.local", "S3Key": "/absolute/folder"}`.
    static let localBucket = "gatehouse.local"

    /// Bytes of a package in S3: no more than its files may have.
    static let maximumObjectSize = FunctionPackages.maximumUnzippedSize

    init(_ members: Members, _ call: Call, verb: String) throws(ServiceError) {
        let zip = try members.string("ZipFile")
        let bucket = try members.string("S3Bucket")
        let key = try members.string("S3Key")
        let version = try members.string("S3ObjectVersion")
        if try members.string("ImageUri") != nil {
            throw .invalidParameter("Please don't provide ImageUri when \(verb) a function with packageType Zip.")
        }
        if let zip {
            guard bucket == nil, key == nil, version == nil else {
                throw .invalidParameter("Please do not provide other FunctionCode parameters when providing a ZipFile.")
            }
            guard let bytes = Base64.decode(zip) else { throw .serialization("ZipFile: expected base64") }
            self = .zip(bytes, limit: FunctionPackages.maximumZippedSize)
            return
        }
        guard let bucket, let key else { throw .invalidParameter("Please provide a source for function code.") }
        if bucket == Self.localBucket {
            guard call.allowsLocalCode else {
                throw .notOffered("S3Bucket: \(bucket) stands for Gatehouse's own folders; no call can name them.")
            }
            guard key.hasPrefix("/") else { throw .invalidParameter("S3Key must be an absolute folder.") }
            self = .folder(key)
            return
        }
        guard let objects = call.objects else {
            throw .notOffered("S3Bucket: Gatehouse does not read code from S3 here; pass the package as ZipFile.")
        }
        if try members.string("S3ObjectStorageMode") ?? "COPY" != "COPY" {
            throw .notOffered("S3ObjectStorageMode: Gatehouse copies packages out of S3.")
        }
        self = .object(CodeObject(bucket: bucket, key: key, version: version), objects)
    }

    /// With a package that lies in S3 read.
    func fetched() async throws(ServiceError) -> FunctionCode {
        guard case .object(let object, let objects) = self else { return self }
        let read: Result<[UInt8], ServiceError>
        do throws(PackageError) {
            read = try await BlockingThread.run { () throws(PackageError) in
                Result { () throws(ServiceError) in try objects.read(object) }
            }
        } catch { throw ServiceError(error) }
        return .zip(try read.get(), limit: Self.maximumObjectSize)
    }

    /// Makes the code usable. Inflating and writing may take a second: not on a thread of Swift's tasks.
    ///
    /// - Parameter runtime: for which what the code depends on is installed; nil for a layer, which brings all of it.
    func package(
        for functionName: String, runtime: String?, in places: CodePlaces
    ) async throws(ServiceError) -> FunctionPackage {
        do throws(PackageError) {
            switch self {
            case .zip(let bytes, let limit):
                return try await BlockingThread.run { () throws(PackageError) in
                    try places.packages.keep(bytes, for: functionName, limit: limit)
                }
            case .object: throw .machine("It was not read.")
            case .folder(let folder):
                if let earlier = places.snapshots.takeAgain(folder) { return earlier }
                var dependencies: DependencyFolder?
                if let runtime { dependencies = try await places.install(for: folder, runtime: runtime) }
                let path = dependencies?.path
                return try await BlockingThread.run { () throws(PackageError) in
                    try places.snapshots.take(folder, dependencies: path)
                }
            }
        } catch {
            throw ServiceError(error)
        }
    }

    /// What `package` would answer, with nothing kept.
    ///
    /// - Parameter isFresh: false when a folder is good enough as it was read last.
    func describe(in snapshots: CodeSnapshots, isFresh: Bool = true) async throws(ServiceError) -> FunctionPackage {
        do throws(PackageError) {
            return try await BlockingThread.run { () throws(PackageError) in
                switch self {
                case .zip(let bytes, let limit): return try FunctionPackages.check(bytes, limit: limit)
                case .object: throw .machine("It was not read.")
                case .folder(let folder): return try snapshots.describe(folder, isFresh: isFresh)
                }
            }
        } catch {
            throw ServiceError(error)
        }
    }
}

extension FunctionPackage {
    var place: LambdaFunction.CodePlace {
        LambdaFunction.CodePlace(localFolder: localFolder, snapshot: snapshot, unzippedSize: unzippedSize)
    }
}

extension ServiceError {
    init(_ error: PackageError) {
        switch error {
        case .zippedTooLarge: self = .requestEntityTooLarge(error.description)
        case .machine: self = .internalFailure("The package could not be kept: \(error)")
        default: self = .invalidParameter(error.description)
        }
    }
}

extension ControlPlane {
    /// Makes code usable for a function, or for a layer by its home, and calls `use`, which puts it into use and answers
    /// nil when `isKept` says no: while it was unpacked, another call may have removed it with what had the name.
    func withPackage<Result>(
        of code: FunctionCode, for functionName: String, runtime: String?,
        _ use: (FunctionPackage) async throws(ServiceError) -> Result?
    ) async throws(ServiceError) -> Result {
        while true {
            let package = try await reading(code) { code throws(ServiceError) in
                settings.keepsCode
                    ? try await code.package(for: functionName, runtime: runtime, in: codePlaces)
                    : try await code.describe(in: snapshots, isFresh: false)
            }
            let result: Result?
            do throws(ServiceError) {
                result = try await use(package)
            } catch {
                if let snapshot = package.snapshot { snapshots.release(snapshot) }
                await inTurn(of: owner(ofPackages: functionName)) { discardUnusedPackages(of: functionName) }
                discardUnusedSnapshots()
                throw error
            }
            if let snapshot = package.snapshot { snapshots.release(snapshot) }
            if let result { return result }
        }
    }

    /// What code would be kept as, with nothing kept.
    func describe(_ code: FunctionCode) async throws(ServiceError) -> FunctionPackage {
        try await reading(code) { code throws(ServiceError) in try await code.describe(in: snapshots) }
    }

    /// Reads code that lies in S3: one package at a time is in memory, for each may be large.
    private func reading(
        _ code: FunctionCode, _ use: (FunctionCode) async throws(ServiceError) -> FunctionPackage
    ) async throws(ServiceError) -> FunctionPackage {
        guard case .object = code else { return try await use(code) }
        return try await inTurn(of: RootID("code", "s3")) { () async throws(ServiceError) in
            try await use(code.fetched())
        }
    }

    /// Whether the code is still where it was made usable; it stays there then. To be asked in the function's turn.
    func isKept(_ package: FunctionPackage, for functionName: String) -> Bool {
        !settings.keepsCode || package.localFolder != nil || packages.retain(package.codeSha256, for: functionName)
    }

    /// The code for another runtime: what code in a local folder depends on is installed for its runtime. Nil when the
    /// code may stay as it is.
    func package(
        of function: LambdaFunction, movedTo runtime: String?
    ) async throws(ServiceError) -> FunctionPackage? {
        guard let runtime, runtime != function.head.configuration.Runtime, settings.dependencies != nil,
            function.head.code.snapshot != nil, let folder = function.head.code.localFolder
        else { return nil }
        return try await FunctionCode.folder(folder).package(for: function.name, runtime: runtime, in: codePlaces)
    }

    /// Removes the copies of local code that no version uses, each when no environment runs in it.
    package func discardUnusedSnapshots() {
        guard settings.keepsCode else { return }
        snapshots.collect { Set(world.snapshotsInUse.compactMap(\.snapshot)) }
    }

    var codePlaces: CodePlaces {
        CodePlaces(packages: packages, snapshots: snapshots, dependencies: settings.dependencies)
    }

    /// Removes the packages that no version uses, each when no environment runs in it. In their owner's turn.
    func discardUnusedPackages(of home: String) {
        guard settings.keepsCode else { return }
        guard let inUse = world.packagesInUse(in: home) else { return packages.remove(home) }
        packages.collect(home, keeping: inUse)
    }

    private func owner(ofPackages home: String) -> RootID {
        World.layer(ofHome: home).map(LambdaLayer.rootID) ?? LambdaFunction.rootID(home)
    }
}

/// Code on disk by what it is of: a function's name, or a layer's home.
extension World {
    fileprivate static func layer(ofHome home: String) -> String? {
        let prefix = LambdaLayer.home(of: "")
        return home.hasPrefix(prefix) ? String(home.dropFirst(prefix.count)) : nil
    }

    /// Nil when there is no such function or layer.
    func packagesInUse(in home: String) -> Set<String>? {
        if let layer = Self.layer(ofHome: home) { return self[LambdaLayer.self, layer]?.packagesInUse }
        return self[LambdaFunction.self, home]?.packagesInUse
    }

    var packagesInUse: [String: Set<String>] {
        let ofFunctions = functions.map { ($0.value.root.name, $0.value.root.packagesInUse) }
        let ofLayers = layers.map { ($0.value.root.home, $0.value.root.packagesInUse) }
        return Dictionary(ofFunctions + ofLayers, uniquingKeysWith: { first, _ in first })
    }

    /// Copies of local code.
    var snapshotsInUse: [FunctionPackage] {
        functions.flatMap(\.value.root.snapshotsInUse) + layers.flatMap(\.value.root.snapshotsInUse)
    }
}

/// Where code is kept, and who installs what it depends on.
struct CodePlaces: Sendable {
    let packages: FunctionPackages
    let snapshots: CodeSnapshots
    let dependencies: (any FunctionDependencies)?

    func install(for folder: String, runtime: String) async throws(PackageError) -> DependencyFolder? {
        do throws(DependencyError) { return try await dependencies?.install(for: folder, runtime: runtime) } catch {
            throw .dependencies(error.message)
        }
    }
}
