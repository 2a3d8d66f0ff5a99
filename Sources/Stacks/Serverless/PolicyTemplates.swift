/// SAM's policy templates: their names and the parameters that each needs. What they allow is enforced nowhere here.
///
/// Source: aws-sam-translator 1.110.0, policy_templates.json.
enum PolicyTemplates {
    private static let byParameters: [(parameters: [String], names: [String])] = [
        (
            [],
            [
                "AMIDescribePolicy", "CloudFormationDescribeStacksPolicy", "CloudWatchDashboardPolicy",
                "CloudWatchDescribeAlarmHistoryPolicy", "CloudWatchPutMetricPolicy",
                "CodePipelineLambdaExecutionPolicy", "ComprehendBasicAccessPolicy", "CostExplorerReadOnlyPolicy",
                "EC2DescribePolicy", "EKSDescribePolicy", "MobileAnalyticsWriteOnlyAccessPolicy",
                "OrganizationsListAccountsPolicy", "RekognitionDetectOnlyPolicy", "RekognitionFacesPolicy",
                "RekognitionLabelsPolicy", "SESEmailTemplateCrudPolicy", "ServerlessRepoReadWriteAccessPolicy",
                "TextractDetectAnalyzePolicy", "TextractGetResultPolicy", "TextractPolicy", "VPCAccessPolicy",
            ]
        ),
        (["AccessPoint", "FileSystem"], ["EFSWriteAccessPolicy"]),
        (["BucketName"], ["S3CrudPolicy", "S3FullAccessPolicy", "S3ReadPolicy", "S3WritePolicy"]),
        (["CertificateArn"], ["AcmGetCertificatePolicy"]),
        (
            ["ClusterId"],
            [
                "ElasticMapReduceAddJobFlowStepsPolicy", "ElasticMapReduceCancelStepsPolicy",
                "ElasticMapReduceModifyInstanceFleetPolicy", "ElasticMapReduceModifyInstanceGroupsPolicy",
                "ElasticMapReduceSetTerminationProtectionPolicy", "ElasticMapReduceTerminateJobFlowsPolicy",
            ]
        ),
        (
            ["CollectionId"],
            [
                "RekognitionFacesManagementPolicy", "RekognitionNoDataAccessPolicy", "RekognitionReadPolicy",
                "RekognitionWriteOnlyAccessPolicy",
            ]
        ),
        (["DeliveryStreamName"], ["FirehoseCrudPolicy", "FirehoseWritePolicy"]),
        (["DomainName"], ["ElasticsearchHttpPostPolicy"]),
        (["EndpointConfigName"], ["SageMakerCreateEndpointConfigPolicy"]),
        (["EndpointName"], ["SageMakerCreateEndpointPolicy"]),
        (["EventBusName"], ["EventBridgePutEventsPolicy"]),
        (["FunctionName"], ["AWSSecretsManagerRotationPolicy", "LambdaInvokePolicy"]),
        (["HostedZoneId"], ["Route53ChangeResourceRecordSetsPolicy"]),
        (["IdentityName"], ["SESBulkTemplatedCrudPolicy", "SESCrudPolicy", "SESSendBouncePolicy"]),
        (["IdentityName", "TemplateName"], ["SESBulkTemplatedCrudPolicy_v2"]),
        (["ImageId"], ["EC2CopyImagePolicy"]),
        (["KeyId"], ["KMSDecryptPolicy", "KMSEncryptPolicy", "KMSEncryptPolicy_v2"]),
        (["LexiconName"], ["PollyFullAccessPolicy"]),
        (["LogGroupName"], ["FilterLogEventsPolicy"]),
        (["ParameterName"], ["SSMParameterReadPolicy", "SSMParameterWithSlashPrefixReadPolicy"]),
        (["PinpointApplicationId"], ["PinpointEndpointAccessPolicy"]),
        (["PipelineName"], ["CodePipelineReadOnlyPolicy"]),
        (["QueueName"], ["SQSPollerPolicy", "SQSSendMessagePolicy"]),
        (["RepositoryName"], ["CodeCommitCrudPolicy", "CodeCommitReadPolicy"]),
        (["SecretArn"], ["AWSSecretsManagerGetSecretValuePolicy"]),
        (
            ["StateMachineName"],
            ["StepFunctionsCallbackPolicy", "StepFunctionsExecutionPolicy", "StepFunctionsExecutionPolicy_v2"]
        ),
        (["StreamName"], ["KinesisCrudPolicy", "KinesisStreamReadPolicy"]),
        (["StreamName", "TableName"], ["DynamoDBStreamReadPolicy"]),
        (
            ["TableName"],
            [
                "DynamoDBBackupFullAccessPolicy", "DynamoDBCrudPolicy", "DynamoDBReadPolicy",
                "DynamoDBReconfigurePolicy", "DynamoDBRestoreFromBackupPolicy", "DynamoDBWritePolicy",
            ]
        ),
        (["TaskDefinition"], ["EcsRunTaskPolicy"]),
        (["TopicName"], ["SNSCrudPolicy", "SNSPublishMessagePolicy"]),
        (["WorkGroupName"], ["AthenaQueryPolicy"]),
    ]

    /// The parameters of each template by its name, sorted.
    private static let parameters: [String: [String]] = Dictionary(
        uniqueKeysWithValues: byParameters.flatMap { group in group.names.map { ($0, group.parameters) } })

    /// Adds a problem for every policy that the translator refuses: of a kind that it does not know, a template that
    /// does not exist, or one without its parameters.
    static func check(_ value: TemplateValue, path: String, problems: inout Problems) {
        guard !Intrinsic.isCall(value) else { return }
        for (position, policy) in (value.list ?? [value]).enumerated() {
            guard let message = objection(to: policy, at: position) else { continue }
            problems.add(message, line: policy.line, path: path)
        }
    }

    private static func objection(to policy: TemplateValue, at position: Int) -> String? {
        if policy.string != nil || Intrinsic.isCall(policy) { return nil }
        guard let map = policy.map else { return "Type of property 'Policies' is invalid." }
        if map["Statement"] != nil { return nil }
        guard map.count == 1, let template = map.entries.first, let parameters = parameters[template.key] else {
            return "Policy at index \(position) in the 'Policies' property is not valid"
        }
        guard let given = template.value.map else {
            return "Must specify valid parameter values for policy template '\(template.key)'"
        }
        let missing = parameters.filter { given[$0] == nil }
        guard !missing.isEmpty else { return nil }
        let names = missing.map { "'\($0)'" }.joined(separator: ", ")
        return "Following required parameters of template '\(template.key)' don't have values: [\(names)]"
    }
}
