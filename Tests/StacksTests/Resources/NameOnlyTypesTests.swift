import GatewayModel
import Testing

@testable import Stacks

@Suite struct NameOnlyTypesTests {
    private static let template = """
        Resources:
          Key: {Type: AWS::KMS::Key, Properties: {KeyPolicy: {Statement: []}, EnableKeyRotation: true}}
          Alias: {Type: AWS::KMS::Alias, Properties: {AliasName: alias/shop, TargetKeyId: !Ref Key}}
          Images: {Type: AWS::ECR::Repository, Properties: {ImageTagMutability: IMMUTABLE}}
          Wait: {Type: AWS::CloudFormation::WaitConditionHandle}
          Meta: {Type: AWS::CDK::Metadata, Properties: {Analytics: v2}}
        Outputs:
          Key: {Value: !GetAtt Key.Arn}
          KeyId: {Value: !GetAtt Key.KeyId}
          Alias: {Value: !Ref Alias}
          Images: {Value: !GetAtt Images.RepositoryUri}
          ImagesArn: {Value: !GetAtt Images.Arn}
          Wait: {Value: !Ref Wait}
        """

    @Test func namesCanBeReferredTo() async throws {
        let world = try World()
        let result = try await world.deploy(Self.template)
        let outputs = Dictionary(uniqueKeysWithValues: result.deployment.outputs.map { ($0.name, $0.value) })
        let id = try #require(outputs["KeyId"])
        #expect(id.utf8.count == 36)
        #expect(outputs["Key"] == "arn:aws:kms:us-east-1:000000000000:key/\(id)")
        #expect(outputs["Alias"] == "alias/shop")
        #expect(outputs["Images"] == "000000000000.dkr.ecr.us-east-1.amazonaws.com/shop-images")
        #expect(outputs["ImagesArn"] == "arn:aws:ecr:us-east-1:000000000000:repository/shop-images")
        #expect(outputs["Wait"] == "shop-Wait")
        #expect(world.changingCalls.isEmpty)
        // What stays keeps its name; another alias is another resource.
        let same = try await world.deploy(Self.template.replacing("EnableKeyRotation: true", with: "Enabled: true"))
        #expect(same.deployment.outputs.first { $0.name == "KeyId" }?.value == id)
        let other = try await world.deploy(Self.template.replacing("alias/shop", with: "alias/other"))
        #expect(other.deployment.outputs.first { $0.name == "Alias" }?.value == "alias/other")
    }

    @Test func aNoteTellsThatTheyDoNothing() throws {
        #expect(
            try plan(Self.template).storedOnly.map(\.path) == [
                "Resources.Key", "Resources.Alias", "Resources.Images", "Resources.Wait",
            ])
    }
}
