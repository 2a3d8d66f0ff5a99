import ObjectStore

extension ObjectOperation {
    static let putObject = ObjectOperation("PutObject", receiving: put)

    static let put = Receiving(
        prepare: { call, claims throws(ObjectError) in
            try ObjectHeaders.check(call.request)
            try ObjectStore.check(key: call.key)
            _ = try ObjectHeaders.condition(call.request)
            _ = try ObjectHeaders.facts(call.request, bucketEncryption: call.bucketEncryption())
            return claims.kind
        },
        keep: { call, claims, incoming, digests throws(ObjectError) in
            var facts = try ObjectHeaders.facts(call.request, bucketEncryption: call.bucketEncryption())
            facts.checksum = digests.checksum(claims.kind)
            let version = try call.store.put(
                NewObject(
                    bucket: call.bucket, key: call.key, facts: facts,
                    condition: try ObjectHeaders.condition(call.request)), incoming, digests)
            var answer = ObjectAnswer(status: 200, headers: [("ETag", "\"\(version.etag)\"")])
            answer.tell(facts.checksum)
            // While versions are suspended AWS tells none here (recorded), though it does of a copy.
            if version.id != ObjectVersion.withoutVersioning { answer.tell(version) }
            answer.tell(facts.encryption)
            return answer
        })
}
