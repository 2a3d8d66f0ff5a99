import JSON

/// What a template says of a stage: the properties of AWS::ApiGateway::Stage, or the StageDescription of a deployment,
/// which says of all methods what MethodSettings says of some.
struct RestStageSettings {
    static let methodSetting = PropertyRules(
        type: "AWS::ApiGateway::Stage.MethodSetting",
        supported: ofMethods.merging(["HttpMethod": .text, "ResourcePath": .text]) { first, _ in first })
    static let accessLog = PropertyRules(
        type: "AWS::ApiGateway::Stage.AccessLogSetting", supported: ["DestinationArn": .text, "Format": .text])
    static let ofMethods: [String: PropertyRules.Kind] = [
        "CacheDataEncrypted": .boolean, "CacheTtlInSeconds": .integer, "CachingEnabled": .boolean,
        "DataTraceEnabled": .boolean, "LoggingLevel": .text, "MetricsEnabled": .boolean,
        "ThrottlingBurstLimit": .integer, "ThrottlingRateLimit": .text,
    ]
    /// Of a canary, but for its deployment.
    static let canary: [String: PropertyRules.Kind] = [
        "PercentTraffic": .text, "StageVariableOverrides": .map, "UseStageCache": .boolean,
    ]

    private let properties: PropertyReader

    init(_ properties: PropertyReader?) { self.properties = properties ?? PropertyReader(properties: TemplateMap()) }

    /// What CreateStage takes, and CreateDeployment.
    func creation() throws(ResourceFailure) -> JSONObject {
        var body = JSONObject()
        body["cacheClusterEnabled"] = try properties.boolean("CacheClusterEnabled")
        body["cacheClusterSize"] = try properties.text("CacheClusterSize")
        body["tracingEnabled"] = try properties.boolean("TracingEnabled")
        body["variables"] = try properties.textMap("Variables")
        return body
    }

    /// What makes the stage as it is into what the template says, but for its deployment.
    ///
    /// - Parameter old: what the template said before: only that is unset when it is said no more.
    func patches(from now: JSONValue, old: RestStageSettings) throws(ResourceFailure) -> RestPatches {
        var patches = RestPatches()
        let texts: KeyValuePairs = [
            "Description": "description", "DocumentationVersion": "documentationVersion",
            "CacheClusterSize": "cacheClusterSize", "ClientCertificateId": "clientCertificateId",
        ]
        for (property, member) in texts {
            let new = try properties.text(property)
            // The size of a cache has no value that says nothing.
            guard new != nil || old.properties.properties[property] != nil && property != "CacheClusterSize" else {
                continue
            }
            patches.set("/\(member)", from: now[member], to: new, cleared: "")
        }
        for (property, member) in ["CacheClusterEnabled": "cacheClusterEnabled", "TracingEnabled": "tracingEnabled"]
            as KeyValuePairs
        {
            let new = try properties.boolean(property)
            guard new != nil || old.properties.properties[property] != nil else { continue }
            patches.set("/\(member)", from: now[member], to: new, cleared: "false")
        }
        patches.setEntries(
            "/variables", from: now["variables"], to: try properties.textMap("Variables"),
            owned: try old.properties.textMap("Variables")?.object?.keys ?? [])
        try patchAccessLog(&patches, from: now["accessLogSettings"], old: old)
        try patchCanary(&patches, from: now["canarySettings"], old: old)
        try patchMethods(&patches, from: now["methodSettings"], old: old)
        return patches
    }

    private func patchAccessLog(
        _ patches: inout RestPatches, from now: JSONValue?, old: RestStageSettings
    ) throws(ResourceFailure) {
        guard let log = try properties.nested("AccessLogSetting") else {
            if old.properties.properties["AccessLogSetting"] != nil, now != nil { patches.remove("/accessLogSettings") }
            return
        }
        for (property, member) in ["DestinationArn": "destinationArn", "Format": "format"] as KeyValuePairs {
            if let value = try log.text(property) {
                patches.set("/accessLogSettings/\(member)", from: now?[member], to: value, cleared: "")
            } else if now?[member] != nil {
                patches.remove("/accessLogSettings/\(member)")
            }
        }
    }

    private func patchCanary(
        _ patches: inout RestPatches, from now: JSONValue?, old: RestStageSettings
    ) throws(ResourceFailure) {
        guard let canary = try properties.nested("CanarySetting") else {
            if old.properties.properties["CanarySetting"] != nil, now != nil { patches.remove("/canarySettings") }
            return
        }
        let place = "/canarySettings"
        if let deployment = try canary.text("DeploymentId") {
            patches.set("\(place)/deploymentId", from: now?["deploymentId"], to: deployment, cleared: "")
        }
        patches.set(
            "\(place)/percentTraffic", from: now?["percentTraffic"], to: try canary.number("PercentTraffic") ?? "0.0",
            cleared: "")
        patches.set(
            "\(place)/useStageCache", from: now?["useStageCache"], to: try canary.boolean("UseStageCache") ?? false,
            cleared: "")
        let overrides = now?["stageVariableOverrides"]
        patches.setEntries(
            "\(place)/stageVariableOverrides", from: overrides, to: try canary.textMap("StageVariableOverrides"),
            owned: overrides?.object?.keys ?? [])
    }

    private func patchMethods(
        _ patches: inout RestPatches, from now: JSONValue?, old: RestStageSettings
    ) throws(ResourceFailure) {
        let (new, before) = (try methodSettings(), try old.methodSettings())
        for entry in before where !new.contains(where: { $0.key == entry.key }) && now?[entry.key] != nil {
            patches.remove(entry.path)
        }
        for entry in new {
            // What is not said of a method any more is as it is of all methods, so the entry begins anew.
            if let same = before.first(where: { $0.key == entry.key }), now?[entry.key] != nil {
                if PropertyDifference.isSame(.object(same.settings), .object(entry.settings)) { continue }
                patches.remove(entry.path)
            }
            for (name, value) in entry.settings.members { patches.replace("\(entry.path)/\(name)", value.patchText) }
        }
    }

    private struct MethodSettings {
        /// As a stage names it: `*/*`, `products/GET`.
        let key: String
        /// As patches name it: `/*/*`, `/~1products/GET`.
        let path: String
        /// By the end of the path of their patch.
        let settings: JSONObject
    }

    private func methodSettings() throws(ResourceFailure) -> [MethodSettings] {
        var all: [MethodSettings] = []
        let general = try Self.settings(properties)
        if !general.isEmpty { all.append(MethodSettings(key: "*/*", path: "/*/*", settings: general)) }
        for reader in try properties.list("MethodSettings") {
            let resource = Self.resource(try reader.text("ResourcePath")?.string ?? "/*")
            let verb = try reader.text("HttpMethod")?.string ?? "*"
            let name = resource == "*" ? "*" : RestPatches.escaped("/" + resource)
            all.append(
                MethodSettings(
                    key: "\(resource)/\(verb)", path: "/\(name)/\(verb)", settings: try Self.settings(reader)))
        }
        return all
    }

    /// The path without its first slash. Templates write `/~1products`, as patches do, and `/products` alike.
    private static func resource(_ path: String) -> String {
        let part = path.hasPrefix("/") ? String(path.dropFirst()) : path
        let decoded = part.replacing("~1", with: "/").replacing("~0", with: "~")
        return decoded.hasPrefix("/") ? String(decoded.dropFirst()) : decoded
    }

    private static func settings(_ reader: PropertyReader) throws(ResourceFailure) -> JSONObject {
        var settings = JSONObject()
        settings["logging/loglevel"] = try reader.text("LoggingLevel")
        settings["logging/dataTrace"] = try reader.boolean("DataTraceEnabled")
        settings["metrics/enabled"] = try reader.boolean("MetricsEnabled")
        settings["throttling/burstLimit"] = try reader.integer("ThrottlingBurstLimit")
        settings["throttling/rateLimit"] = try reader.number("ThrottlingRateLimit")
        settings["caching/enabled"] = try reader.boolean("CachingEnabled")
        settings["caching/ttlInSeconds"] = try reader.integer("CacheTtlInSeconds")
        settings["caching/dataEncrypted"] = try reader.boolean("CacheDataEncrypted")
        return settings
    }
}
