import FunctionPackages
import GatewayModel
import JSON
import TestFixtures
import Testing

@testable import ControlPlane

/// Texts and statuses are recorded from AWS (LocalStack's snapshots of TestLambdaLayer) unless a test says otherwise.
@Suite struct LayersTests {
    private let lambda = LambdaPlane()

    @discardableResult
    private func publish(_ name: String = "tools", _ members: JSONObject = [:]) async -> Answer {
        var body: JSONObject = ["Content": ["ZipFile": .string(Base64.encode(Zip.oneFile))]]
        for (key, value) in members { body[key] = value }
        return await lambda.call("POST", "/2018-10-31/layers/\(name)/versions", .object(body))
    }

    private func get(_ path: String = "tools/versions/1", query: String = "") async -> Answer {
        await lambda.call("GET", "/2018-10-31/layers/\(path)", query: query)
    }

    private func delete(_ path: String = "tools/versions/1") async -> Answer {
        await lambda.call("DELETE", "/2018-10-31/layers/\(path)")
    }

    private func arn(_ name: String = "tools", _ version: Int? = 1) -> String {
        "arn:aws:lambda:eu-central-1:123456789012:layer:\(name)" + (version.map { ":\($0)" } ?? "")
    }

    private func layers(_ arns: String...) -> JSONObject { ["Layers": .array(arns.map(JSONValue.string))] }

    // MARK: Publishing

    @Test func aVersionIsPublished() async {
        let answer = await publish(
            "tools",
            [
                "Description": "d", "LicenseInfo": "MIT", "CompatibleRuntimes": ["python3.12", "python3.7"],
                "CompatibleArchitectures": ["x86_64"],
            ])
        #expect(answer.status == 201)
        for document in [answer, await get(), await get("", query: "find=LayerVersion&Arn=\(arn())")] {
            #expect(document.string("LayerArn") == arn("tools", nil))
            #expect(document.string("LayerVersionArn") == arn())
            #expect(document["Version"] == 1)
            #expect(document.string("Description") == "d")
            #expect(document.string("LicenseInfo") == "MIT")
            #expect(document["CompatibleRuntimes"] == ["python3.12", "python3.7"])
            #expect(document["CompatibleArchitectures"] == ["x86_64"])
            #expect(document.string("CreatedDate") == "2024-05-01T12:34:56.789+0000")
            #expect(document["Content"]?["CodeSize"] == .number(Zip.oneFile.count))
            #expect(document.string("Content.Location")?.hasPrefix("file://") == true)
        }
        #expect(lambda.packages(of: "layer@tools").count == 2)
        let plain = await publish("arn%3Aaws%3Alambda%3Aeu-central-1%3A123456789012%3Alayer%3Aplain")
        #expect(plain.string("LayerVersionArn") == arn("plain"))
        #expect(plain.string("Description") == "")
        #expect(plain["CompatibleRuntimes"] == nil)
        #expect(await publish("plain", ["CompatibleRuntimes": []])["CompatibleRuntimes"] == [])
    }

    @Test func contentCanBeFetched() async throws {
        let answer = await lambda.call(
            "POST", "/2018-10-31/layers/tools/versions",
            ["Content": ["ZipFile": .string(Base64.encode(Zip.oneFile))]], headers: [("host", "localhost")])
        let location = try #require(answer.string("Content.Location"))
        let path = try #require(location.split(separator: "localhost").last?.prefix { $0 != "?" })
        #expect(await lambda.call("GET", String(path)).body == Zip.oneFile)
    }

    @Test func wrongInputIsRefused() async {
        let values = await publish(
            "tools",
            [
                "CompatibleRuntimes": ["invalidruntime", "nodejs20.x"],
                "CompatibleArchitectures": ["invalidarch", "x86_64"],
            ])
        #expect(
            values.message?.hasPrefix(
                "2 validation errors detected: Value '[invalidruntime, nodejs20.x]' at 'compatibleRuntimes' failed to "
                    + "satisfy constraint: Member must satisfy enum value set: [nodejs20.x, python3.14,") == true)
        #expect(
            values.message?.hasSuffix(
                "; Value '[invalidarch, x86_64]' at 'compatibleArchitectures' failed to satisfy constraint: Member must "
                    + "satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64], "
                    + "Member must not be null]") == true)
        #expect(await publish("tools", ["Content": .null]).errorType == "ValidationException")
        #expect(await publish("a%20b").errorType == "ValidationException")
        #expect(await publish(String(repeating: "a", count: 141)).errorType == "ValidationException")
        // Chosen.
        #expect(await publish("tools", ["Content": ["S3Bucket": "b", "S3Key": "k"]]).message?.contains("S3") == true)
        #expect(await publish("tools", ["Content": ["ZipFile": "bm8gemlw"]]).message?.contains("unzip") == true)
        #expect(lambda.packages(of: "layer@tools").isEmpty)
        let foreign = "arn%3Aaws%3Alambda%3Aeu-central-1%3A999999999999%3Alayer%3Ax"
        #expect(await publish(foreign).errorType == "AccessDeniedException")
        #expect(await publish().string("LayerVersionArn") == arn())
    }

    // MARK: Reading

    @Test func listsShowTheNewestFirst() async {
        await publish("b", ["CompatibleRuntimes": ["python3.12"]])
        await publish("b", ["CompatibleRuntimes": ["nodejs20.x"]])
        await publish("a", ["CompatibleArchitectures": ["arm64"]])
        let versions = await get("b/versions")
        #expect(versions["LayerVersions"]?.array?.map { $0["Version"] } == [2, 1])
        #expect(versions["LayerVersions"]?.array?.first?["Content"] == nil)
        let layers = await get("")
        #expect(layers["Layers"]?.array?.map { $0["LayerName"] } == ["a", "b"])
        #expect(layers["Layers"]?.array?.last?["LatestMatchingVersion"]?["LayerVersionArn"] == .string(arn("b", 2)))
        let python = await get("", query: "CompatibleRuntime=python3.12")
        #expect(python["Layers"]?.array?.map { $0["LatestMatchingVersion"]?["Version"] } == [1])
        #expect(await get("", query: "CompatibleArchitecture=arm64")["Layers"]?.array?.count == 1)
        #expect(await get("b/versions", query: "CompatibleRuntime=nodejs20.x")["LayerVersions"]?.array?.count == 1)
        let page = await get("b/versions", query: "MaxItems=1")
        let marker = page.string("NextMarker") ?? ""
        let next = await get("b/versions", query: "MaxItems=1&Marker=\(marker)")
        #expect(next["LayerVersions"]?.array?.map { $0["Version"] } == [1])
        #expect(await get("none/versions")["LayerVersions"] == [])
        for (query, member) in [("CompatibleRuntime=x", "compatibleRuntime"), ("MaxItems=51", "maxItems")] {
            #expect(await get("", query: query).message?.contains("at '\(member)'") == true)
        }
    }

    @Test func whatIsNotThereIsSaid() async {
        await publish()
        for path in ["none/versions/1", "tools/versions/2"] {
            let answer = await get(path)
            #expect(answer.status == 404)
            #expect(answer.message == "The resource you requested does not exist.")
            #expect(await delete(path).status == 204)
        }
        for number in ["0", "-1"] {
            for answer in [await get("tools/versions/\(number)"), await delete("tools/versions/\(number)")] {
                #expect(answer.errorType == "InvalidParameterValueException")
                #expect(answer.message == "Layer Version Cannot be less than 1")
            }
        }
        let byName = await get("", query: "find=LayerVersion&Arn=\(arn("tools", nil))")
        #expect(
            byName.message
                == "1 validation error detected: Value '\(arn("tools", nil))' at 'arn' failed to satisfy constraint: "
                + "Member must satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}"
                + #"((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:layer:[a-zA-Z0-9-_]+:[0-9]+)"#
                + "|(arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9-_]+)")
        #expect(await get("", query: "find=LayerVersion&Arn=\(arn("tools", 2))").status == 404)
    }

    // MARK: Functions

    @Test func aFunctionHasLayersInTheirOrder() async throws {
        await publish("a")
        await publish("b")
        #expect(await lambda.create("hello", layers(arn("b"), arn("a"))).status == 201)
        let size = JSONValue.number(Zip.oneFile.count)
        #expect(
            await lambda.get().json["Configuration"]?["Layers"]
                == [["Arn": .string(arn("b")), "CodeSize": size], ["Arn": .string(arn("a")), "CodeSize": size]])
        let folders = await lambda.host.latest()?.versions.first?.layers.map(\.path) ?? []
        #expect(folders.map { $0.contains("/layer@b/") } == [true, false])
        let before = await lambda.host.latest()?.versions.first?.revisionId
        #expect(await lambda.update("hello", layers(arn("a"))).status == 200)
        #expect(await lambda.host.latest()?.versions.first?.revisionId != before)
        #expect(await lambda.update("hello", ["Description": "x"])["Layers"]?.array?.count == 1)
        #expect(await lambda.update("hello", layers()).json["Layers"] == nil)
        #expect(await lambda.host.latest()?.versions.first?.layers.isEmpty == true)
    }

    @Test func layersOfAFunctionAreChecked() async {
        for name in ["tools", "tools", "b", "c", "d", "e", "f"] { await publish(name) }
        await lambda.create()
        func message(_ arns: String...) async -> String? {
            let answer = await lambda.update("hello", ["Layers": .array(arns.map(JSONValue.string))])
            #expect(answer.status == 400)
            return answer.message
        }
        for second in [arn("tools", 2), arn()] {
            #expect(
                await message(arn(), second)
                    == "Two different versions of the same layer are not allowed to be referenced in the same function. "
                    + "\(arn()) and \(second) are versions of the same layer.")
        }
        for missing in [arn("none"), arn("tools", 9), arn("tools", 3) + "00000000000000000000"] {
            #expect(await message(missing) == "Layer version \(missing) does not exist.")
        }
        #expect(
            await message(arn("tools", nil))?.hasPrefix(
                "1 validation error detected: Value '[\(arn("tools", nil))]' at 'layers' failed to satisfy constraint: "
                    + "Member must satisfy constraint: [Member must have length less than or equal to 2048, ") == true)
        #expect(
            await message(arn(), arn("b"), arn("c"), arn("d"), arn("e"), arn("f"))
                == "Cannot reference more than 5 layers.")
        #expect(
            await message(arn().replacing("eu-central-1", with: "us-east-1"))
                == "Layers are not in the same region as the function. "
                + "Layers are expected to be in region eu-central-1.")
        #expect(await lambda.get().json["Configuration"]?["Layers"] == nil)
    }

    @Test func anExtensionIsRefused() async {
        let zip = Zip(Zip.File("extensions/agent", "#!/bin/sh")).bytes
        await publish("agent", ["Content": ["ZipFile": .string(Base64.encode(zip))]])
        let answer = await lambda.create("hello", layers(arn("agent")))
        #expect(answer.status == 400)
        #expect(answer.message?.contains("Gatehouse does not run extensions") == true)
    }

    // MARK: Deleting

    @Test func aDeletedVersionStaysForItsFunctions() async throws {
        await publish()
        await publish("tools", ["Content": ["ZipFile": .string(Base64.encode(Zip(Zip.File("b", "1")).bytes))]])
        await lambda.create("hello", layers(arn()))
        #expect(await delete().status == 204)
        #expect(await get().status == 404)
        #expect(await get("tools/versions")["LayerVersions"]?.array?.count == 1)
        #expect(await lambda.get().json["Configuration"]?["Layers"]?.array?.count == 1)
        #expect(await lambda.create("other", layers(arn())).status == 400)
        #expect(await lambda.update("hello", ["Timeout": 5]).status == 200)
        #expect(lambda.packages(of: "layer@tools").count == 4)
        // It is there after a restart, too.
        let next = try await lambda.restarted()
        #expect(next.packages(of: "layer@tools").count == 4)
        _ = await next.update("hello", ["Layers": []])
        await next.host.endAll()
        await lambda.host.endAll()
        #expect(next.plane.world[LambdaLayer.self, "tools"]?.versions.map(\.number) == [2])
    }

    @Test func numbersAreNotUsedAgain() async {
        await publish()
        #expect(await delete().status == 204)
        #expect(await delete().status == 204)
        #expect(await get("tools/versions")["LayerVersions"] == [])
        #expect(await get("")["Layers"] == [])
        #expect(lambda.packages(of: "layer@tools").isEmpty)
        #expect(await publish()["Version"] == 2)
    }

    // MARK: Policies

    private func permit(
        _ sid: String = "s1", _ members: JSONObject = [:], path: String = "tools/versions/1", query: String = ""
    ) async -> Answer {
        var body: JSONObject = [
            "StatementId": .string(sid), "Action": "lambda:GetLayerVersion", "Principal": "*",
        ]
        for (key, value) in members { body[key] = value }
        return await lambda.call("POST", "/2018-10-31/layers/\(path)/policy", .object(body), query: query)
    }

    @Test func policiesAreKept() async throws {
        await publish()
        #expect(await get("tools/versions/1/policy").message == "No policy is associated with the given resource.")
        let first = await permit()
        #expect(first.status == 201)
        #expect(
            first.string("Statement")
                == #"{"Sid":"s1","Effect":"Allow","Principal":"*","Action":"lambda:GetLayerVersion","#
                + #""Resource":"\#(arn())"}"#)
        let policy = await get("tools/versions/1/policy")
        #expect(policy.string("RevisionId") == first.string("RevisionId"))
        #expect(policy.string("Policy")?.contains(#""Statement":[{"Sid":"s1","#) == true)
        let second = await permit(
            "s2", ["Principal": "210987654321"], query: "RevisionId=\(first.string("RevisionId") ?? "")")
        #expect(second.string("Statement")?.contains(#""AWS":"arn:aws:iam::210987654321:root""#) == true)
        #expect(second.string("RevisionId") != first.string("RevisionId"))
        let removed = await delete("tools/versions/1/policy/s2")
        #expect(removed.status == 204)
        #expect(await delete("tools/versions/1/policy/s1").status == 204)
        #expect(await get("tools/versions/1/policy").status == 404)
    }

    @Test func policiesAreChecked() async {
        await publish()
        _ = await permit()
        #expect(
            await permit("s2", ["Action": "*"]).message
                == "1 validation error detected: Value '*' at 'action' failed to satisfy constraint: "
                + "Member must satisfy regular expression pattern: lambda:GetLayerVersion")
        let twice = await permit()
        #expect(twice.status == 409)
        #expect(
            twice.message
                == "The statement id (s1) provided already exists. Please provide a new statement id, "
                + "or remove the existing statement.")
        let wrong =
            "The Revision Id provided does not match the latest Revision Id. "
            + "Call the GetLayerPolicy API to retrieve the latest Revision Id"
        let revision = await permit("s2", query: "RevisionId=wrong")
        #expect((revision.status, revision.message) == (412, wrong))
        let removal = await lambda.call(
            "DELETE", "/2018-10-31/layers/tools/versions/1/policy/s1", query: "RevisionId=wrong")
        #expect((removal.status, removal.message) == (412, wrong))
        #expect(
            await delete("tools/versions/1/policy/none").message
                == "Statement none is not found in resource policy.")
        for (path, missing) in [("none/versions/1", arn("none")), ("tools/versions/2", arn("tools", 2))] {
            for answer in [
                await permit(path: path), await get(path + "/policy"), await delete(path + "/policy/s1"),
            ] {
                #expect(answer.status == 404)
                #expect(answer.message == "Layer version \(missing) does not exist.")
            }
        }
    }
}
