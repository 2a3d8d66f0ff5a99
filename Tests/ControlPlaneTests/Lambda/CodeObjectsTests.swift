import GatewayModel
import IAMPolicy
import JSON
import TestFixtures
import Testing

@testable import ControlPlane
@testable import FunctionPackages

@Suite struct CodeObjectsTests {
    private let lambda = LambdaPlane(objects: ObjectsStandIn())

    private static func place(_ bucket: String, _ key: String, _ version: String? = nil) -> JSONObject {
        var place: JSONObject = ["S3Bucket": .string(bucket), "S3Key": .string(key)]
        place["S3ObjectVersion"] = version.map { .string($0) }
        return place
    }

    @Test func codeComesFromS3() async {
        #expect(await lambda.create("hello", ["Code": .object(Self.place("code", "one.zip"))]).status == 201)
        let one = Base64.encode(Hexadecimal.decode(FunctionPackages.digest(Zip.oneFile)) ?? [])
        #expect(await lambda.get()["Configuration"]?["CodeSha256"] == .string(one))

        var update = Self.place("code", "one.zip", "2")
        update["DryRun"] = true
        let dry = await lambda.call("PUT", "/2015-03-31/functions/hello/code", .object(update))
        update["DryRun"] = nil
        let other = await lambda.call("PUT", "/2015-03-31/functions/hello/code", .object(update))
        #expect(dry["CodeSha256"] == other["CodeSha256"] && other["CodeSha256"] != .string(one))

        let layer = await lambda.call(
            "POST", "/2018-10-31/layers/tools/versions", ["Content": .object(Self.place("code", "one.zip"))])
        #expect(layer["Content"]?["CodeSha256"] == .string(one))
    }

    /// Recorded, but for AccessDenied.
    @Test(arguments: [
        (
            "none", "k", "InvalidParameterValueException",
            "Error occurred while GetObject. S3 Error Code: NoSuchBucket. S3 Error Message: The specified bucket does not "
                + "exist"
        ),
        (
            "code", "gone", "InvalidParameterValueException",
            "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist."
        ),
        (
            "code", "large", "InvalidParameterValueException", "Unzipped size must be smaller than 262144000 bytes"
        ),
        (
            "code", "text", "InvalidParameterValueException",
            "Could not unzip uploaded file. Please check your file, then try to upload again."
        ),
        (
            "broken", "k", "InternalFailure", "The package could not be read: the disk is gone"
        ),
    ])
    func codeThatCannotBeHadIsNamed(bucket: String, key: String, type: String, message: String) async {
        let answers = [
            await lambda.create("hello", ["Code": .object(Self.place(bucket, key))]),
            await lambda.call(
                "POST", "/2018-10-31/layers/tools/versions", ["Content": .object(Self.place(bucket, key))]),
        ]
        for answer in answers {
            #expect(answer.errorType == type)
            #expect(answer.message == message)
        }
        #expect(await lambda.get().status == 404)
        #expect(lambda.packages(of: "hello").isEmpty)
    }

    @Test func aPlaceIsWhole() async {
        for code in [["S3Bucket": "code"], ["S3Key": "one.zip"]] as [JSONValue] {
            #expect(
                await lambda.create("hello", ["Code": code]).message == "Please provide a source for function code.")
        }
        var reference = Self.place("code", "one.zip")
        reference["S3ObjectStorageMode"] = "REFERENCE"
        #expect(
            await lambda.create("hello", ["Code": .object(reference)]).message
                == "S3ObjectStorageMode: Gatehouse copies packages out of S3.")
    }
}

private struct ObjectsStandIn: CodeObjects {
    func policy(ofBucket bucket: String) throws(CodeObjectFault) -> PolicyDocument? {
        switch bucket {
        case "code": return nil
        case "broken": throw CodeObjectFault(code: "InternalError", message: "the disk is gone")
        default: throw CodeObjectFault(code: "NoSuchBucket", message: "The specified bucket does not exist")
        }
    }

    func content(of object: CodeObject, upTo limit: Int) throws(CodeObjectFault) -> [UInt8]? {
        switch (object.key, object.version) {
        case ("one.zip", nil): return Zip.oneFile
        case ("one.zip", "2"): return Zip(Zip.File("other.py", "x = 2")).bytes
        case ("text", nil): return Array("text".utf8)
        case ("large", nil): return nil
        default: throw CodeObjectFault(code: "NoSuchKey", message: "The specified key does not exist.")
        }
    }
}
