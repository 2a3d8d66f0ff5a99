import JSON
import Testing

@testable import Stacks

@Suite struct HiddenTextsTests {
    @Test func sentencesDoNotQuoteThem() {
        let texts = HiddenTexts(["hush", "hush-hush", "is", ""])
        #expect(texts.hide(in: "'hush-hush' is refused, as is hush.") == "'****' is refused, as is ****.")
        #expect(texts.stand(in: "this") && !texts.stand(in: "that"))
    }

    @Test func attributesThatHoldThemAreHidden() {
        let resource = ProvisionedResource(
            logicalId: "A", type: "T", physicalId: "a",
            attributes: ["Value": "x-hush", "Arn": "arn", "SecretAccessKey": "k"])
        let shown = resource.hiding(HiddenTexts(["hush"]))
        #expect(shown.attributes == ["Value": "****", "Arn": "arn", "SecretAccessKey": "****"])
        #expect(Set(shown.hiddenTexts(of: resource.attributes)) == ["x-hush", "k"])
    }

    /// Of a stack that an earlier release has made it is not noted which attributes hold what was looked up.
    @Test func attributesOfReferencesAreHidden() {
        var resource = StackResource(
            logicalId: "A", type: "T", physicalId: "a", attributes: ["Value": "hush"],
            properties: ["Value": "{{resolve:secretsmanager:s}}"], deletionPolicy: .delete,
            updateReplacePolicy: .delete)
        #expect(resource.provisioned.hiding(HiddenTexts()).attributes == ["Value": "****"])
        resource.hiddenAttributes = []
        #expect(resource.provisioned.hiding(HiddenTexts()).attributes == ["Value": "hush"])
    }

    @Test func whatAStackHides() {
        var record = StackRecord(name: "s", stackId: "", status: .createComplete, creationTime: "")
        record.parameters = ["Hidden": "****", "Shown": "shown"]
        record.settings = StackSettings()
        record.settings?.parameters = ["Hidden": "hush-one,hush-two", "Shown": "shown"]
        #expect(HiddenTexts(of: record).hide(in: "hush-two shown") == "**** shown")
    }
}
